package dev.unifiedproxy.policy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The parameters of a query, in every way in which servers are known to read them.
 *
 * <p>All split at {@code &}, some at {@code ;} too; a {@code +} is a blank to most and itself to
 * some. That makes up to four readings. In each, names and values are decoded once. What even then
 * is not the same to all has no value: a {@code %} without two digits, bytes that are not UTF-8,
 * control characters, and what would change if it were decoded once more.
 */
final class QueryText {
    /**
     * One parameter.
     *
     * @param name its name, or empty when servers differ about it
     * @param value its value, or empty when servers differ about it
     */
    record Parameter(Optional<String> name, Optional<String> value) {}

    private final List<List<Parameter>> readings;

    private QueryText(List<List<Parameter>> readings) {
        this.readings = readings;
    }

    /**
     * Reads a query.
     *
     * @param query what stands behind the first '?' of a request target
     */
    static QueryText parse(String query) {
        boolean semicolons = query.indexOf(';') >= 0;
        boolean pluses = query.indexOf('+') >= 0;
        List<List<Parameter>> readings = new ArrayList<>(1);
        readings.add(read(query, false, true));
        if (semicolons) {
            readings.add(read(query, true, true));
        }
        if (pluses) {
            readings.add(read(query, false, false));
        }
        if (semicolons && pluses) {
            readings.add(read(query, true, false));
        }
        return new QueryText(readings);
    }

    private static List<Parameter> read(String query, boolean atSemicolon, boolean plusIsBlank) {
        List<Parameter> found = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= query.length(); i++) {
            boolean ends =
                    i == query.length()
                            || query.charAt(i) == '&'
                            || (atSemicolon && query.charAt(i) == ';');
            if (!ends) {
                continue;
            }
            if (i > start) {
                String piece = query.substring(start, i);
                int equals = piece.indexOf('=');
                String name = equals < 0 ? piece : piece.substring(0, equals);
                String value = equals < 0 ? "" : piece.substring(equals + 1);
                found.add(new Parameter(decode(name, plusIsBlank), decode(value, plusIsBlank)));
            }
            start = i + 1;
        }
        return found;
    }

    private static Optional<String> decode(String text, boolean plusIsBlank) {
        byte[] bytes = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int value = c == '+' && plusIsBlank ? ' ' : c;
            if (c == '%') {
                value = hexPair(text, i);
                i += 2;
            }
            if (value < ' ' || value == 0x7f || value > 0xff || (c > 0x7f)) {
                return Optional.empty();
            }
            bytes[length++] = (byte) value;
        }
        try {
            String decoded =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes, 0, length))
                            .toString();
            return changesAgain(decoded) ? Optional.empty() : Optional.of(decoded);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static boolean changesAgain(String decoded) {
        for (int at = decoded.indexOf('%'); at >= 0; at = decoded.indexOf('%', at + 1)) {
            if (hexPair(decoded, at) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** The byte that '%' and the two characters behind it stand for, or -1. */
    private static int hexPair(String text, int percent) {
        if (percent + 2 >= text.length()) {
            return -1;
        }
        int high = hexDigit(text.charAt(percent + 1));
        int low = hexDigit(text.charAt(percent + 2));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static int hexDigit(char c) {
        return c > 0x7f ? -1 : Character.digit(c, 16);
    }

    /** Whether the query has the parameter, with a value as the rule wants it. */
    Certainty certainty(FieldMatch wanted) {
        Certainty all = certainty(wanted, readings.getFirst());
        for (int i = 1; i < readings.size(); i++) {
            all = all.or(certainty(wanted, readings.get(i)));
        }
        return all;
    }

    private static Certainty certainty(FieldMatch wanted, List<Parameter> parameters) {
        boolean matching = false;
        boolean doubtful = false;
        for (Parameter parameter : parameters) {
            Certainty named = names(parameter, wanted.name());
            if (named == Certainty.NO) {
                continue;
            }
            boolean matches = parameter.value().map(wanted.value()::matches).orElse(true);
            matching |= matches;
            doubtful |= !matches || named == Certainty.MAYBE || parameter.value().isEmpty();
        }
        return Certainty.ofOccurrences(matching, doubtful);
    }

    /**
     * All values that some server may take for those of the parameter; an empty one is not the same
     * to all.
     */
    List<Optional<String>> possibleValues(String name) {
        List<Optional<String>> values = new ArrayList<>(0);
        for (List<Parameter> reading : readings) {
            for (Parameter parameter : reading) {
                if (names(parameter, name) != Certainty.NO) {
                    values.add(parameter.name().isEmpty() ? Optional.empty() : parameter.value());
                }
            }
        }
        return values;
    }

    /**
     * Whether servers take it for the parameter of that name. Some ignore case, some write '_' for
     * a blank and a '.', and to some {@code a[]} and {@code a[b]} are parts of {@code a}.
     */
    private static Certainty names(Parameter parameter, String wanted) {
        if (parameter.name().isEmpty()) {
            return Certainty.MAYBE;
        }
        String name = parameter.name().get();
        if (name.equals(wanted)) {
            return Certainty.YES;
        }
        int bracket = wanted.indexOf('[') >= 0 ? -1 : name.indexOf('[');
        String whole = bracket > 0 ? name.substring(0, bracket) : name;
        return folded(whole).equals(folded(wanted)) ? Certainty.MAYBE : Certainty.NO;
    }

    private static String folded(String name) {
        return name.strip().toLowerCase(Locale.ROOT).replace('.', '_').replace(' ', '_');
    }
}
