package dev.unifiedproxy.policy;

import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.http.NormalPath;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A pattern for whole paths: {@code *} is one or more characters without '/', {@code **} is one or
 * more characters of any kind, everything else stands for itself, case included.
 *
 * <p>The text is normalised like a path, so that {@code /%73ecrets} and {@code /secrets} are one
 * pattern, and a '/' at its end means nothing.
 *
 * <p>Matching never backtracks: it moves the set of all reachable positions from one part of the
 * pattern to the next. So it reads at most {@code length of the pattern × (length of the path + 1)}
 * characters, whatever both contain.
 */
public final class PathGlob {
    /** The longest pattern, in characters. */
    public static final int MAX_LENGTH = 1024;

    /** Part of a pattern. */
    private sealed interface Part {
        /** Stands for itself. */
        record Literal(String text) implements Part {}

        /** {@code *}. */
        record Segment() implements Part {}

        /** {@code **}. */
        record Anything() implements Part {}
    }

    private static final Part SEGMENT = new Part.Segment();
    private static final Part ANYTHING = new Part.Anything();

    private final String text;
    private final Part[] parts;

    private PathGlob(String text, Part[] parts) {
        this.text = text;
        this.parts = parts;
    }

    /**
     * Parses a pattern of a configuration file.
     *
     * @throws IllegalArgumentException when it does not start with '/', is longer than {@link
     *     #MAX_LENGTH}, has three '*' in a row, or no path that passes could ever match it
     */
    public static PathGlob parse(String pattern) {
        if (pattern.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "The path pattern has "
                            + pattern.length()
                            + " characters (expected: at most "
                            + MAX_LENGTH
                            + ")");
        }
        if (pattern.contains("***")) {
            throw new IllegalArgumentException(
                    "The path pattern has '***' (expected: '*' for one segment, '**' for any"
                            + " number)");
        }
        NormalPath normal;
        try {
            normal = NormalPath.parse(pattern);
        } catch (RefusedException e) {
            throw new IllegalArgumentException(e.refusal().detail(), e);
        }
        if (normal.ambiguous()) {
            throw new IllegalArgumentException(
                    "The path pattern has an encoded delimiter or a ';' (expected: none, a path"
                            + " with one is refused)");
        }
        String text = normal.text().substring(0, judgedLength(normal.text()));
        return new PathGlob(text, compile(text));
    }

    /**
     * Whether a normalised path is one that the pattern describes; a '/' at its end means nothing.
     */
    public boolean covers(String path) {
        return matches(path, judgedLength(path));
    }

    /** The length of a path without the '/' at its end; the root keeps its own. */
    static int judgedLength(String path) {
        int length = path.length();
        return length > 1 && path.charAt(length - 1) == '/' ? length - 1 : length;
    }

    private static Part[] compile(String text) {
        List<Part> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '*') {
                continue;
            }
            if (i > start) {
                parts.add(new Part.Literal(text.substring(start, i)));
            }
            boolean twice = text.startsWith("**", i);
            parts.add(twice ? ANYTHING : SEGMENT);
            i += twice ? 1 : 0;
            start = i + 1;
        }
        if (start < text.length()) {
            parts.add(new Part.Literal(text.substring(start)));
        }
        return parts.toArray(Part[]::new);
    }

    /**
     * Whether the first {@code length} characters of the path are, as a whole, what this pattern
     * describes.
     */
    boolean matches(CharSequence path, int length) {
        int position = 0;
        for (int part = 0; part < parts.length; part++) {
            int next = onlyNext(part, path, position, length);
            if (next == SEVERAL) {
                return matchesSeveral(part, path, position, length);
            }
            if (next == NONE) {
                return false;
            }
            position = next;
        }
        return position == length;
    }

    private static final int NONE = -1;
    private static final int SEVERAL = -2;

    /**
     * Where the part ends when it can end in one place only, which holds for all but patterns such
     * as {@code a*b} and {@code **}{@code /x}: nothing is allocated for them.
     */
    private int onlyNext(int part, CharSequence path, int position, int length) {
        boolean last = part == parts.length - 1;
        return switch (parts[part]) {
            case Part.Literal(String literal) ->
                    standsAt(literal, path, position, length) ? position + literal.length() : NONE;
            case Part.Segment() -> {
                if (!last && !startsWithSlash(parts[part + 1])) {
                    yield SEVERAL;
                }
                int end = segmentEnd(path, position, length);
                yield end > position ? end : NONE;
            }
            case Part.Anything() -> {
                if (!last) {
                    yield SEVERAL;
                }
                yield position < length ? length : NONE;
            }
        };
    }

    private boolean matchesSeveral(int first, CharSequence path, int position, int length) {
        BitSet positions = new BitSet(length + 1);
        positions.set(position);
        for (int part = first; part < parts.length; part++) {
            positions = nextPositions(parts[part], path, positions, length);
            if (positions.isEmpty()) {
                return false;
            }
        }
        return positions.get(length);
    }

    private static BitSet nextPositions(Part part, CharSequence path, BitSet from, int length) {
        BitSet next = new BitSet(length + 1);
        switch (part) {
            case Part.Literal(String literal) -> {
                for (int at = from.nextSetBit(0); at >= 0; at = from.nextSetBit(at + 1)) {
                    if (standsAt(literal, path, at, length)) {
                        next.set(at + literal.length());
                    }
                }
            }
            case Part.Segment() -> {
                int done = -1;
                for (int at = from.nextSetBit(0); at >= 0; at = from.nextSetBit(at + 1)) {
                    // The first position of a segment reaches all that the later ones reach.
                    if (at <= done) {
                        continue;
                    }
                    done = segmentEnd(path, at, length);
                    next.set(at + 1, done + 1);
                }
            }
            case Part.Anything() -> next.set(from.nextSetBit(0) + 1, length + 1);
        }
        return next;
    }

    private static boolean startsWithSlash(Part part) {
        return part instanceof Part.Literal(String literal) && literal.charAt(0) == '/';
    }

    private static int segmentEnd(CharSequence path, int from, int length) {
        int end = from;
        while (end < length && path.charAt(end) != '/') {
            end++;
        }
        return end;
    }

    private static boolean standsAt(String literal, CharSequence path, int at, int length) {
        if (literal.length() > length - at) {
            return false;
        }
        for (int i = 0; i < literal.length(); i++) {
            if (path.charAt(at + i) != literal.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The pattern in its normal form. */
    public String text() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathGlob that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
