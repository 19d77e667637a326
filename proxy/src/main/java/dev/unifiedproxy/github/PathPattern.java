package dev.unifiedproxy.github;

import java.util.List;

/**
 * A path of GitHub's API as its documentation writes it: {@code {x}} is one segment, {@code **} any
 * number of segments, none included.
 */
final class PathPattern {
    private static final String ANY_NUMBER = "**";

    private final String text;
    private final List<String> parts;

    private PathPattern(String text, List<String> parts) {
        this.text = text;
        this.parts = parts;
    }

    static PathPattern of(String text) {
        return new PathPattern(
                text, text.equals("/") ? List.of() : List.of(text.substring(1).split("/")));
    }

    /** Whether it is exactly such a path. */
    boolean matches(List<String> segments) {
        return matches(segments, 0, 0, false);
    }

    /**
     * Whether a server might take it for such a path: without case, and with something like {@code
     * .json} behind a name. For what is refused.
     */
    boolean mayMatch(List<String> segments) {
        return matches(segments, 0, 0, true);
    }

    private boolean matches(List<String> segments, int at, int part, boolean loosely) {
        int segment = at;
        for (int i = part; i < parts.size(); i++, segment++) {
            String expected = parts.get(i);
            if (expected.equals(ANY_NUMBER)) {
                return matchesRest(segments, segment, i + 1, loosely);
            }
            if (segment == segments.size() || !fits(expected, segments.get(segment), loosely)) {
                return false;
            }
        }
        return segment == segments.size();
    }

    private boolean matchesRest(List<String> segments, int at, int part, boolean loosely) {
        if (part == parts.size()) {
            return true;
        }
        for (int segment = at; segment < segments.size(); segment++) {
            if (matches(segments, segment, part, loosely)) {
                return true;
            }
        }
        return false;
    }

    private static boolean fits(String expected, String segment, boolean loosely) {
        if (expected.startsWith("{")) {
            return !segment.isEmpty();
        }
        if (!loosely) {
            return segment.equals(expected);
        }
        int length = expected.length();
        return segment.regionMatches(true, 0, expected, 0, length)
                && (segment.length() == length
                        || segment.charAt(length) == '.'
                        || segment.charAt(length) == '%');
    }

    @Override
    public String toString() {
        return text;
    }
}
