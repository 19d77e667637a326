package dev.unifiedproxy.json;

import java.util.ArrayList;
import java.util.List;

/**
 * Which values of a JSON text are meant: names and positions as in a JSON Pointer (RFC 6901), and
 * {@code *} for every member of an object and every item of an array.
 */
public final class JsonPath {
    private static final int MAX_STEPS = 16;
    private static final String EVERY = "*";

    private final String text;
    private final List<String> steps;

    private JsonPath(String text, List<String> steps) {
        this.text = text;
        this.steps = steps;
    }

    /**
     * Parses a path.
     *
     * @throws IllegalArgumentException when it does not start with '/', has an escape other than
     *     {@code ~0} and {@code ~1}, or more than 16 steps
     */
    public static JsonPath parse(String text) {
        if (!text.startsWith("/") || text.length() < 2) {
            throw new IllegalArgumentException(
                    "expected: a path such as /model or /messages/*/role");
        }
        String[] parts = text.substring(1).split("/", -1);
        if (parts.length > MAX_STEPS) {
            throw new IllegalArgumentException(
                    "has " + parts.length + " steps (expected: at most " + MAX_STEPS + ")");
        }
        List<String> steps = new ArrayList<>();
        for (String part : parts) {
            if (part.replace("~0", "").replace("~1", "").indexOf('~') >= 0) {
                throw new IllegalArgumentException("has a '~' (expected: ~0 for '~', ~1 for '/')");
            }
            steps.add(part.replace("~1", "/").replace("~0", "~"));
        }
        return new JsonPath(text, List.copyOf(steps));
    }

    /** The path as it stands in a file. */
    public String text() {
        return text;
    }

    /** The values that it means, in the order of the text; none where a step leads nowhere. */
    public List<JsonValue> select(JsonValue root) {
        List<JsonValue> found = List.of(root);
        for (String step : steps) {
            List<JsonValue> next = new ArrayList<>();
            for (JsonValue value : found) {
                switch (value) {
                    case JsonValue.Mapping object when step.equals(EVERY) ->
                            next.addAll(object.members().values());
                    case JsonValue.Mapping object -> object.member(step).ifPresent(next::add);
                    case JsonValue.Sequence array when step.equals(EVERY) ->
                            next.addAll(array.items());
                    case JsonValue.Sequence array -> item(array, step, next);
                    case JsonValue.Text text -> {}
                    case JsonValue.Numeric number -> {}
                    case JsonValue.Bool bool -> {}
                    case JsonValue.Null none -> {}
                }
            }
            found = next;
        }
        return found;
    }

    private static void item(JsonValue.Sequence array, String step, List<JsonValue> next) {
        boolean position =
                !step.isEmpty()
                        && step.length() <= 9
                        && step.chars().allMatch(c -> c >= '0' && c <= '9');
        if (position && Integer.parseInt(step) < array.items().size()) {
            next.add(array.items().get(Integer.parseInt(step)));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonPath path && path.steps.equals(steps);
    }

    @Override
    public int hashCode() {
        return steps.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
