package dev.unifiedproxy.http;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import java.nio.charset.StandardCharsets;

/**
 * The lines of a message head, read strictly from bytes that end with an empty line.
 *
 * <p>Stricter than <a href="https://datatracker.ietf.org/doc/html/rfc9112#section-2.2">RFC 9112</a>
 * wherever implementations differ: lines end with CRLF and nothing else (section 2.2 lets a bare LF
 * pass), folded lines are refused (section 5.2 lets a proxy unfold them), and so are white space
 * before the colon (section 5.1) and control bytes anywhere (section 5.5 lets some be replaced).
 */
final class HeadReader {
    /** Fields of one head or trailer section, at most. */
    static final int MAX_FIELDS = 128;

    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (char c = '0'; c <= 'z'; c++) {
            TOKEN[c] = Character.isLetterOrDigit(c);
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private final byte[] bytes;
    private final int length;
    private final ErrorCode onError;
    private int at;

    HeadReader(byte[] bytes, int length, ErrorCode onError) {
        this.bytes = bytes;
        this.length = length;
        this.onError = onError;
    }

    /** The next line without its CRLF, printable ASCII and blanks only. */
    String startLine() {
        int end = lineEnd();
        for (int i = at; i < end; i++) {
            if (bytes[i] < 0x20 || bytes[i] == 0x7f) {
                throw refuse("the first line contains a control byte or a byte outside ASCII");
            }
        }
        String line = text(at, end);
        at = end + 2;
        return line;
    }

    /** The field lines up to the empty line that must end the bytes. */
    Headers fields() {
        Headers.Builder fields = new Headers.Builder(16);
        while (true) {
            int end = lineEnd();
            if (end == at) {
                at += 2;
                if (at != length) {
                    throw refuse("bytes follow the end of the head");
                }
                return fields.build();
            }
            if (fields.size() == MAX_FIELDS) {
                throw new RefusedException(
                        onError == ErrorCode.MALFORMED ? ErrorCode.HEAD_TOO_LARGE : onError,
                        "The head has more than " + MAX_FIELDS + " fields");
            }
            field(fields, end);
            at = end + 2;
        }
    }

    private void field(Headers.Builder fields, int end) {
        int colon = at;
        while (colon < end && TOKEN[bytes[colon] & 0xff]) {
            colon++;
        }
        if (colon == end || bytes[colon] != ':' || colon == at) {
            throw refuse(
                    bytes[at] == ' ' || bytes[at] == '\t'
                            ? "a field line is folded"
                            : "a field line does not start with a name and a colon");
        }
        int from = colon + 1;
        int to = end;
        while (from < to && isBlank(bytes[from])) {
            from++;
        }
        while (to > from && isBlank(bytes[to - 1])) {
            to--;
        }
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if ((b >= 0 && b < 0x20 && b != '\t') || b == 0x7f) {
                throw refuse(
                        "the value of field '" + text(at, colon) + "' contains a control byte");
            }
        }
        fields.append(text(at, colon), text(from, to));
    }

    /** Where the CRLF of the current line starts. */
    private int lineEnd() {
        int i = at;
        while (i < length && bytes[i] != '\n') {
            i++;
        }
        if (i == length) {
            throw refuse("a line does not end");
        }
        if (i == at || bytes[i - 1] != '\r') {
            throw refuse("a line ends with LF alone (expected: CRLF)");
        }
        return i - 1;
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    RefusedException refuse(String what) {
        return refuse(onError, what);
    }

    /** What is said of a message that is not well-formed. */
    static RefusedException refuse(ErrorCode onError, String what) {
        return new RefusedException(
                onError,
                onError == ErrorCode.MALFORMED
                        ? "The request is not well-formed: " + what
                        : "The response is not well-formed: " + what);
    }

    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff || !TOKEN[text.charAt(i)]) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
