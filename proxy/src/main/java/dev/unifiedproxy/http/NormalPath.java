package dev.unifiedproxy.http;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * A path in the one spelling in which it is judged and sent.
 *
 * <p>Percent-encoded unreserved characters are decoded and the others' hex digits put in upper
 * case: both are equivalences of <a
 * href="https://datatracker.ietf.org/doc/html/rfc3986#section-6.2.2">RFC 3986 section 6.2.2</a>.
 * What servers read differently is not rewritten but refused: dot segments, empty segments, encoded
 * control bytes, backslashes. What only <em>some</em> read differently (an encoded slash, a double
 * encoding, path parameters, bytes that are not UTF-8) is marked {@link #ambiguous}, and a host
 * with path rules does not accept it.
 */
public final class NormalPath {
    private static final String HEX = "0123456789ABCDEF";

    private final String text;
    private final boolean ambiguous;

    private NormalPath(String text, boolean ambiguous) {
        this.text = text;
        this.ambiguous = ambiguous;
    }

    /**
     * Normalises a path.
     *
     * @param raw the path of a request target, without query
     * @throws RefusedException with {@link ErrorCode#PATH_AMBIGUOUS} when servers may read it
     *     differently from how it would be judged
     */
    public static NormalPath parse(String raw) {
        if (raw.isEmpty() || raw.charAt(0) != '/') {
            throw refuse("does not start with '/'");
        }
        return isPlain(raw) ? new NormalPath(raw, false) : normalise(raw);
    }

    /** The fast way for what nearly every path looks like: nothing to decode, nothing to doubt. */
    private static boolean isPlain(String raw) {
        boolean segmentStart = false;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '/') {
                if (segmentStart) {
                    return false;
                }
                segmentStart = true;
            } else {
                boolean doubtful = !isUnreserved(c) && !isPlainDelimiter(c);
                if (doubtful || (c == '.' && segmentStart)) {
                    return false;
                }
                segmentStart = false;
            }
        }
        return true;
    }

    private static NormalPath normalise(String raw) {
        StringBuilder out = new StringBuilder(raw.length());
        boolean ambiguous = false;
        boolean highBytes = false;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '%') {
                if (!isAllowedRaw(c)) {
                    throw refuse("contains a character that must be percent-encoded");
                }
                ambiguous |= c == ';';
                out.append(c);
                continue;
            }
            int value =
                    i + 2 < raw.length()
                            ? hex(raw.charAt(i + 1)) << 4 | hex(raw.charAt(i + 2))
                            : -1;
            if (value < 0) {
                throw refuse("contains '%' without two hexadecimal digits");
            }
            if (value < 0x20 || value == 0x7f) {
                throw refuse("contains an encoded control byte");
            }
            i += 2;
            if (isUnreserved((char) value)) {
                out.append((char) value);
                continue;
            }
            ambiguous |=
                    value == '/'
                            || value == '\\'
                            || value == ';'
                            || value == '%'
                            || value == '?'
                            || value == '#';
            highBytes |= value >= 0x80;
            out.append('%').append(HEX.charAt(value >> 4)).append(HEX.charAt(value & 15));
        }
        String text = out.toString();
        checkSegments(text);
        return new NormalPath(text, ambiguous || (highBytes && !isUtf8(text)));
    }

    /** No empty segment but the last, and no dot segment; decoding has already happened. */
    private static void checkSegments(String path) {
        int start = 1;
        while (start <= path.length()) {
            int end = path.indexOf('/', start);
            boolean last = end < 0;
            int stop = last ? path.length() : end;
            if (stop == start && !last) {
                throw refuse("contains '//'");
            }
            int parameters = path.indexOf(';', start);
            int nameEnd = parameters >= 0 && parameters < stop ? parameters : stop;
            String segment = path.substring(start, nameEnd);
            if (segment.equals(".") || segment.equals("..")) {
                throw refuse("contains a '.' or '..' segment");
            }
            start = stop + 1;
        }
    }

    private static boolean isUtf8(String path) {
        byte[] bytes = new byte[path.length()];
        int length = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                bytes[length++] = (byte) (hex(path.charAt(i + 1)) << 4 | hex(path.charAt(i + 2)));
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }

    private static boolean isPlainDelimiter(char c) {
        return switch (c) {
            case '!', '$', '&', '\'', '(', ')', '*', '+', ',', '=', ':', '@' -> true;
            default -> false;
        };
    }

    /** pchar of RFC 3986, and the three that the WHATWG URL standard leaves as they are. */
    private static boolean isAllowedRaw(char c) {
        return isUnreserved(c)
                || isPlainDelimiter(c)
                || c == '/'
                || c == ';'
                || c == '|'
                || c == '['
                || c == ']';
    }

    private static int hex(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -0x1000;
    }

    private static RefusedException refuse(String what) {
        return new RefusedException(ErrorCode.PATH_AMBIGUOUS, "The path " + what);
    }

    /** The path as it is judged and sent. */
    public String text() {
        return text;
    }

    /** Whether servers are known to differ in how they read it. */
    public boolean ambiguous() {
        return ambiguous;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NormalPath that && text.equals(that.text);
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
