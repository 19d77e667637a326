package dev.unifiedproxy.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Checks that values of a YAML file have the shape that a schema wants; notes what has not. */
final class YamlShape {
    private final String file;
    private final Problems problems;

    YamlShape(String file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    void problem(YamlNode node, String message) {
        problems.add(new Problem(file, node.line(), node.column(), message));
    }

    /** The values of a mapping by key; unknown and missing keys are problems. */
    Map<String, YamlNode> fields(
            YamlNode node, String where, Set<String> required, Set<String> known) {
        Map<String, YamlNode> fields = new LinkedHashMap<>();
        if (!(node instanceof YamlNode.Mapping mapping)) {
            problem(node, where + " is " + node.kind() + " (expected: a mapping)");
            return fields;
        }
        for (YamlNode.Entry entry : mapping.entries()) {
            String key = entry.key().text();
            if (known.contains(key)) {
                fields.put(key, entry.value());
            } else {
                problem(entry.key(), unknown(where, key, known));
            }
        }
        for (String key : new TreeSet<>(required)) {
            if (!fields.containsKey(key)) {
                problem(node, where + " has no '" + key + "' (expected: one)");
            }
        }
        return fields;
    }

    private static String unknown(String where, String key, Set<String> known) {
        Set<String> sorted = new TreeSet<>(known);
        return where
                + " has an unknown key "
                + Problem.quoted(key)
                + Spelling.nearest(key, sorted)
                        .map(nearest -> " (did you mean '" + nearest + "'?)")
                        .orElseGet(() -> " (expected: " + String.join(", ", sorted) + ")");
    }

    /** The items of a list that must not be empty; none when the key is absent. */
    List<YamlNode> items(Map<String, YamlNode> fields, String key, String where) {
        YamlNode node = fields.get(key);
        if (node == null) {
            return List.of();
        }
        if (!(node instanceof YamlNode.Sequence sequence)) {
            problem(node, where + " is " + node.kind() + " (expected: a list)");
            return List.of();
        }
        if (sequence.items().isEmpty()) {
            problem(node, where + " is an empty list (expected: at least one entry)");
        }
        return sequence.items();
    }

    /** A single value that is not blank. */
    Optional<String> text(YamlNode node, String where) {
        if (!(node instanceof YamlNode.Scalar scalar)) {
            problem(node, where + ": an entry is " + node.kind() + " (expected: a single value)");
            return Optional.empty();
        }
        if (scalar.text().isBlank()) {
            problem(node, where + ": an entry is empty (expected: a value)");
            return Optional.empty();
        }
        return Optional.of(scalar.text());
    }
}
