package dev.unifiedproxy.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Field lines in the order in which they came; names compare without case, values as they are.
 *
 * <p>Immutable. A name is a token, a value has no control character, no surrounding blank and
 * nothing that is more than one byte on the wire; the builder refuses anything else, so no value,
 * not even a credential's, can start a second line.
 */
public final class Headers {
    private static final Headers EMPTY = new Headers(new String[0], 0);

    /** name, value, name, value, … */
    private final String[] lines;

    private final int length;

    private Headers(String[] lines, int length) {
        this.lines = lines;
        this.length = length;
    }

    /** No field lines. */
    public static Headers empty() {
        return EMPTY;
    }

    /**
     * Field lines from alternating names and values.
     *
     * @throws IllegalArgumentException when the last value is missing, or a name or value is not
     *     fit for a field line
     */
    public static Headers of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException(
                    namesAndValues.length + " names and values (expected: an even number)");
        }
        Builder builder = new Builder(namesAndValues.length / 2);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            builder.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return builder.build();
    }

    /** How many field lines there are. */
    public int size() {
        return length / 2;
    }

    /** The name of the line, as it was sent. */
    public String name(int line) {
        return lines[2 * line];
    }

    /** The value of the line. */
    public String value(int line) {
        return lines[2 * line + 1];
    }

    /** The value of the first line with this name. */
    public Optional<String> first(String name) {
        for (int i = 0; i < length; i += 2) {
            if (lines[i].equalsIgnoreCase(name)) {
                return Optional.of(lines[i + 1]);
            }
        }
        return Optional.empty();
    }

    /** The values of all lines with this name. */
    public List<String> all(String name) {
        List<String> values = new ArrayList<>(1);
        for (int i = 0; i < length; i += 2) {
            if (lines[i].equalsIgnoreCase(name)) {
                values.add(lines[i + 1]);
            }
        }
        return values;
    }

    /** How many lines have this name. */
    public int count(String name) {
        int count = 0;
        for (int i = 0; i < length; i += 2) {
            if (lines[i].equalsIgnoreCase(name)) {
                count++;
            }
        }
        return count;
    }

    /** Whether a line has this name. */
    public boolean contains(String name) {
        return count(name) > 0;
    }

    /**
     * Whether some comma-separated element of the lines with this name is the token, without case.
     */
    public boolean hasToken(String name, String token) {
        for (int i = 0; i < length; i += 2) {
            if (lines[i].equalsIgnoreCase(name)) {
                for (String element : lines[i + 1].split(",", -1)) {
                    if (element.strip().equalsIgnoreCase(token)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** The same lines without those whose name matches. */
    public Headers without(Predicate<String> name) {
        Builder builder = new Builder(size());
        for (int i = 0; i < length; i += 2) {
            if (!name.test(lines[i])) {
                builder.append(lines[i], lines[i + 1]);
            }
        }
        return builder.size() == size() ? this : builder.build();
    }

    /** These lines and one more at the end. */
    public Headers with(String name, String value) {
        return toBuilder().add(name, value).build();
    }

    /** A builder that starts with these lines. */
    public Builder toBuilder() {
        Builder builder = new Builder(size() + 4);
        for (int i = 0; i < length; i += 2) {
            builder.append(lines[i], lines[i + 1]);
        }
        return builder;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Headers that
                && Arrays.equals(lines, 0, length, that.lines, 0, that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + lines[i].hashCode();
        }
        return hash;
    }

    /** The names only: values may be secrets. */
    @Override
    public String toString() {
        StringBuilder names = new StringBuilder("Headers[");
        for (int i = 0; i < length; i += 2) {
            names.append(i == 0 ? "" : ", ").append(lines[i]);
        }
        return names.append(']').toString();
    }

    /** Collects field lines. */
    public static final class Builder {
        private String[] lines;
        private int length;

        /** Room for so many lines; it grows. */
        public Builder(int expectedLines) {
            lines = new String[Math.max(expectedLines, 4) * 2];
        }

        /**
         * Adds a line behind the others.
         *
         * @throws IllegalArgumentException when the name is not a token (<a
         *     href="https://datatracker.ietf.org/doc/html/rfc9110#section-5.6.2">RFC 9110 section
         *     5.6.2</a>) or the value not a field value (section 5.5); the text does not show the
         *     value
         */
        public Builder add(String name, String value) {
            checkName(name);
            checkValue(name, value);
            return append(name, value);
        }

        /** Adds a line of other headers, which was checked when it came into them. */
        public Builder copy(Headers from, int line) {
            return append(from.name(line), from.value(line));
        }

        /** Adds a line that the parser has checked byte by byte. */
        Builder append(String name, String value) {
            if (length == lines.length) {
                lines = Arrays.copyOf(lines, length * 2);
            }
            lines[length++] = name;
            lines[length++] = value;
            return this;
        }

        private static void checkName(String name) {
            boolean token = !name.isEmpty();
            for (int i = 0; i < name.length(); i++) {
                token &= isTokenCharacter(name.charAt(i));
            }
            if (!token) {
                throw new IllegalArgumentException("A field name is not a token");
            }
        }

        private static void checkValue(String name, String value) {
            int length = value.length();
            boolean fit =
                    length == 0
                            || (!isBlank(value.charAt(0)) && !isBlank(value.charAt(length - 1)));
            for (int i = 0; i < length; i++) {
                char c = value.charAt(i);
                fit &= (c >= 0x20 && c <= 0xff && c != 0x7f) || c == '\t';
            }
            if (!fit) {
                throw new IllegalArgumentException(
                        "The value of "
                                + name
                                + " is not a field value (expected: no control character, no"
                                + " surrounding blank, nothing above U+00FF)");
            }
        }

        private static boolean isBlank(char c) {
            return c == ' ' || c == '\t';
        }

        private static boolean isTokenCharacter(char c) {
            return (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
        }

        /** How many lines were added. */
        public int size() {
            return length / 2;
        }

        /** The lines; the builder must not be used afterwards. */
        public Headers build() {
            return length == 0 ? EMPTY : new Headers(lines, length);
        }
    }
}
