package dev.unifiedproxy.config;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads the single values of {@code policy.yaml}; what is wrong with one is noted. */
final class RuleValues {
    private static final int MAX_DIGITS = 9;

    private final YamlShape shape;

    RuleValues(YamlShape shape) {
        this.shape = shape;
    }

    /** The values of a mapping; {@link YamlShape#fields}. */
    Map<String, YamlNode> fields(
            YamlNode node, String where, Set<String> required, Set<String> known) {
        return shape.fields(node, where, required, known);
    }

    void problem(YamlNode node, String message) {
        shape.problem(node, message);
    }

    /** A text that the pattern describes as a whole. */
    Optional<String> word(YamlNode node, String where, Pattern pattern, String expected) {
        return shape.text(node, where).flatMap(text -> word(node, where, text, pattern, expected));
    }

    /** The same for a text that was taken from the node. */
    Optional<String> word(
            YamlNode node, String where, String text, Pattern pattern, String expected) {
        if (!pattern.matcher(text).matches()) {
            problem(node, found(where, text, expected));
            return Optional.empty();
        }
        return Optional.of(text);
    }

    /** A number within bounds; empty when the key is absent, or wrong. */
    Optional<Integer> number(
            Map<String, YamlNode> fields, String key, String where, int least, int most) {
        Optional<YamlNode> node = Optional.ofNullable(fields.get(key));
        return node.flatMap(value -> shape.text(value, where + "." + key))
                .flatMap(text -> number(node.get(), where + "." + key, text, least, most));
    }

    private Optional<Integer> number(
            YamlNode node, String where, String text, int least, int most) {
        boolean digits =
                text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int value = digits ? Integer.parseInt(text) : -1;
        if (value < least || value > most) {
            problem(node, found(where, text, "a number from " + least + " to " + most));
            return Optional.empty();
        }
        return Optional.of(value);
    }

    /** Yes or no; no when the key is absent, or wrong. */
    boolean flag(Map<String, YamlNode> fields, String key, String where) {
        return Optional.ofNullable(fields.get(key))
                .flatMap(
                        node ->
                                choice(
                                        node,
                                        where + "." + key,
                                        Map.of("true", true, "false", false)))
                .orElse(false);
    }

    /** One of several words; a slip of the pen is told apart from nonsense. */
    <T> Optional<T> choice(YamlNode node, String where, Map<String, T> known) {
        return shape.text(node, where).flatMap(text -> choice(node, where, text, known));
    }

    private <T> Optional<T> choice(YamlNode node, String where, String text, Map<String, T> known) {
        T value = known.get(text);
        if (value == null) {
            String words = String.join(", ", new TreeMap<>(known).keySet());
            String advice =
                    nearest(text, known.keySet())
                            .map(word -> "; did you mean '" + word + "'?")
                            .orElse("");
            problem(node, found(where, text, "one of " + words + advice));
            return Optional.empty();
        }
        return Optional.of(value);
    }

    /** Case is a slip too. */
    private static Optional<String> nearest(String text, Set<String> known) {
        return known.stream()
                .filter(word -> word.equalsIgnoreCase(text))
                .findFirst()
                .or(() -> Spelling.nearest(text, known));
    }

    /**
     * The values of a list that is not empty; none when the key is absent.
     *
     * @param reader throws {@link IllegalArgumentException} with what is wrong
     */
    <T> List<T> list(
            Map<String, YamlNode> fields, String key, String where, Function<String, T> reader) {
        List<T> values = new ArrayList<>();
        List<YamlNode> items = shape.items(fields, key, where + "." + key);
        for (int i = 0; i < items.size(); i++) {
            YamlNode item = items.get(i);
            String at = where + "." + key + "[" + i + "]";
            shape.text(item, at)
                    .flatMap(text -> value(item, at, text, reader))
                    .ifPresent(values::add);
        }
        return values;
    }

    /** The words of a list, each one of several. */
    <T extends Enum<T>> Set<T> choices(
            Map<String, YamlNode> fields,
            String key,
            String where,
            Class<T> type,
            Map<String, T> known) {
        Set<T> chosen = EnumSet.noneOf(type);
        List<YamlNode> items = shape.items(fields, key, where + "." + key);
        for (int i = 0; i < items.size(); i++) {
            choice(items.get(i), where + "." + key + "[" + i + "]", known).ifPresent(chosen::add);
        }
        return chosen;
    }

    /** A text that the reader understands. */
    <T> Optional<T> value(YamlNode node, String where, String text, Function<String, T> reader) {
        try {
            return Optional.of(reader.apply(text));
        } catch (IllegalArgumentException e) {
            String quoted = Problem.quoted(text);
            String message = String.valueOf(e.getMessage());
            problem(
                    node,
                    where + ": " + (message.startsWith(quoted) ? "" : quoted + ": ") + message);
            return Optional.empty();
        }
    }

    /** The items of a list that is not empty; none when the key is absent. */
    List<YamlNode> items(Map<String, YamlNode> fields, String key, String where) {
        return shape.items(fields, key, where + "." + key);
    }

    /** The text of a node that is not blank. */
    Optional<String> text(YamlNode node, String where) {
        return shape.text(node, where);
    }

    private static String found(String where, String text, String expected) {
        return where + ": " + Problem.quoted(text) + " (expected: " + expected + ")";
    }
}
