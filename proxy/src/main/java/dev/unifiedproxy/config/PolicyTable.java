package dev.unifiedproxy.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads a table of what policy is expected to say: a YAML list, one request an entry. */
public final class PolicyTable {
    private static final int MAX_BYTES = 4 << 20;
    private static final Set<String> KEYS =
            Set.of("request", "expect", "code", "rule", "container", "metadata", "headers", "body");
    private static final Pattern REQUEST = Pattern.compile("[A-Z]+ https?://[^\\s\\p{Cntrl}]+");
    private static final Map<String, Boolean> EXPECTATIONS = Map.of("allow", true, "deny", false);

    private final String file;
    private final RuleValues values;

    private PolicyTable(String file, Problems problems) {
        this.file = file;
        this.values = new RuleValues(new YamlShape(file, problems));
    }

    /**
     * One row.
     *
     * @param place file and line
     * @param container the id of the container that asks; empty for any
     * @param metadata what it is registered with
     * @param request the request
     * @param expected what policy is expected to say
     */
    public record Row(
            String place,
            String container,
            Map<String, Object> metadata,
            Request request,
            Expected expected) {
        /** Copies the metadata. */
        public Row {
            metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        }
    }

    /**
     * A request.
     *
     * @param method the method
     * @param url the URL
     * @param fields lines of its head
     * @param body its body; empty for none
     */
    public record Request(String method, String url, List<String> fields, Optional<String> body) {
        /** Copies the fields. */
        public Request {
            fields = List.copyOf(fields);
        }
    }

    /**
     * What policy is expected to say.
     *
     * @param allowed whether it passes
     * @param code the id of the refusal; empty for any
     * @param rule the rule's name, or the line of an allowlist; empty for any
     */
    public record Expected(boolean allowed, Optional<String> code, Optional<String> rule) {}

    /**
     * Reads a file's content, at most 4 MiB.
     *
     * @param file the path, for problems and places
     * @throws ConfigurationException with all that is wrong
     */
    public static List<Row> parse(String file, byte[] content) {
        Problems problems = new Problems();
        Optional<YamlNode> root = YamlDocument.read(file, content, MAX_BYTES, problems);
        List<Row> rows = new ArrayList<>();
        if (root.isPresent() && root.get() instanceof YamlNode.Sequence list) {
            PolicyTable table = new PolicyTable(file, problems);
            for (int i = 0; i < list.items().size(); i++) {
                table.row(list.items().get(i), "[" + i + "]").ifPresent(rows::add);
            }
        } else {
            problems.add(Problem.ofFile(file, "is not a list (expected: one entry a request)"));
        }
        problems.throwIfAny();
        return rows;
    }

    private Optional<Row> row(YamlNode node, String where) {
        Map<String, YamlNode> fields =
                values.fields(node, where, Set.of("request", "expect"), KEYS);
        Optional<String> request =
                Optional.ofNullable(fields.get("request"))
                        .flatMap(
                                text ->
                                        values.word(
                                                text,
                                                where + ".request",
                                                REQUEST,
                                                "METHOD and URL, such as GET"
                                                        + " https://example.com/"));
        Optional<Boolean> allowed =
                Optional.ofNullable(fields.get("expect"))
                        .flatMap(text -> values.choice(text, where + ".expect", EXPECTATIONS));
        Optional<String> code = text(fields, "code", where);
        Optional<String> rule = text(fields, "rule", where);
        String container = text(fields, "container", where).orElse("");
        Map<String, Object> metadata = metadata(fields, where);
        List<String> lines = lines(fields, where);
        Optional<String> body = text(fields, "body", where);
        return request.flatMap(
                line ->
                        allowed.map(
                                expected ->
                                        new Row(
                                                file + ":" + node.line(),
                                                container,
                                                metadata,
                                                new Request(
                                                        line.substring(0, line.indexOf(' ')),
                                                        line.substring(line.indexOf(' ') + 1),
                                                        lines,
                                                        body),
                                                new Expected(expected, code, rule))));
    }

    private Optional<String> text(Map<String, YamlNode> fields, String key, String where) {
        return Optional.ofNullable(fields.get(key))
                .flatMap(node -> values.text(node, where + "." + key));
    }

    private List<String> lines(Map<String, YamlNode> fields, String where) {
        List<String> lines = new ArrayList<>();
        YamlNode node = fields.get("headers");
        if (node instanceof YamlNode.Mapping mapping) {
            for (YamlNode.Entry entry : mapping.entries()) {
                String name = entry.key().text();
                values.text(entry.value(), where + ".headers." + name)
                        .ifPresent(value -> lines.add(name + ": " + value));
            }
            if (lines.stream().flatMapToInt(String::chars).anyMatch(Character::isISOControl)) {
                values.problem(node, where + ".headers: a value has several lines");
            }
        } else if (node != null) {
            values.problem(node, where + ".headers (expected: names with values)");
        }
        return lines;
    }

    private Map<String, Object> metadata(Map<String, YamlNode> fields, String where) {
        YamlNode node = fields.get("metadata");
        if (node == null) {
            return Map.of();
        }
        if (!(node instanceof YamlNode.Mapping mapping)) {
            values.problem(node, where + ".metadata is " + node.kind() + " (expected: a mapping)");
            return Map.of();
        }
        return object(mapping);
    }

    private static Map<String, Object> object(YamlNode.Mapping mapping) {
        Map<String, Object> object = new LinkedHashMap<>();
        mapping.entries().forEach(entry -> object.put(entry.key().text(), value(entry.value())));
        return object;
    }

    /** As JSON would have it: {@code true}, {@code false} and whole numbers are no texts. */
    private static Object value(YamlNode node) {
        return switch (node) {
            case YamlNode.Mapping mapping -> object(mapping);
            case YamlNode.Sequence list -> list.items().stream().map(PolicyTable::value).toList();
            case YamlNode.Scalar scalar -> {
                String text = scalar.text();
                if (text.equals("true") || text.equals("false")) {
                    yield text.equals("true");
                }
                yield text.matches("-?[0-9]{1,15}") ? (Object) Long.valueOf(text) : text;
            }
        };
    }
}
