package dev.unifiedproxy.http;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of one HTTP/2 header block, sorted into pseudo-header fields and the others, and
 * checked as strictly as lines of HTTP/1.1: what passes here could stand in either (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9113#section-8.2">RFC 9113 section 8.2</a>).
 *
 * <p>Stricter than the RFC: a value may hold no control character at all, where section 8.2.1 only
 * forbids NUL, CR and LF; and a block has at most as many fields as an HTTP/1.1 head.
 *
 * @param pseudo name to value, in the order in which they came; each occurs once
 * @param regular the other fields, Cookie crumbs put together again (section 8.2.3)
 */
record Http2Fields(Map<String, String> pseudo, Headers regular) {
    /** Section 8.2.2: what governs an HTTP/1.1 connection does not occur in HTTP/2. */
    private static final Set<String> CONNECTION_SPECIFIC =
            Set.of(
                    "connection",
                    "http2-settings",
                    "keep-alive",
                    "proxy-connection",
                    "transfer-encoding",
                    "upgrade");

    /**
     * Checks a block.
     *
     * @param block name, value, name, value, … with one character for each byte
     * @param onError {@link ErrorCode#MALFORMED} for a request's, {@link ErrorCode#BAD_RESPONSE}
     *     for a response's
     * @throws RefusedException with that code, or with {@link ErrorCode#HEAD_TOO_LARGE}
     */
    static Http2Fields of(List<String> block, ErrorCode onError) {
        if (block.size() / 2 > HeadReader.MAX_FIELDS) {
            throw new RefusedException(
                    onError == ErrorCode.MALFORMED ? ErrorCode.HEAD_TOO_LARGE : onError,
                    "The head has more than " + HeadReader.MAX_FIELDS + " fields");
        }
        Map<String, String> pseudo = new LinkedHashMap<>();
        Headers.Builder regular = new Headers.Builder(block.size() / 2 + 1);
        StringBuilder cookies = new StringBuilder();
        boolean regularSeen = false;
        for (int i = 0; i < block.size(); i += 2) {
            String name = block.get(i);
            String value = block.get(i + 1);
            checkValue(value, onError);
            if (name.startsWith(":")) {
                if (regularSeen) {
                    throw HeadReader.refuse(
                            onError, "a pseudo-header field follows a regular field");
                }
                if (pseudo.put(name, value) != null) {
                    throw HeadReader.refuse(onError, "a pseudo-header field occurs twice");
                }
                continue;
            }
            regularSeen = true;
            checkName(name, value, onError);
            if (name.equals("cookie")) {
                cookies.append(cookies.isEmpty() ? "" : "; ").append(value);
            } else {
                regular.append(name, value);
            }
        }
        if (!cookies.isEmpty()) {
            regular.append("cookie", cookies.toString());
        }
        return new Http2Fields(pseudo, regular.build());
    }

    private static void checkName(String name, String value, ErrorCode onError) {
        if (!HeadReader.isToken(name)) {
            throw HeadReader.refuse(onError, "a field name is not a token");
        }
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 'A' && name.charAt(i) <= 'Z') {
                throw HeadReader.refuse(
                        onError, "field '" + name + "' is not written in lower case");
            }
        }
        if (CONNECTION_SPECIFIC.contains(name)) {
            throw HeadReader.refuse(onError, "field '" + name + "' does not occur in HTTP/2");
        }
        boolean te = onError == ErrorCode.MALFORMED && value.equalsIgnoreCase("trailers");
        if (name.equals("te") && !te) {
            throw HeadReader.refuse(onError, "TE is not exactly 'trailers' of a request");
        }
    }

    private static void checkValue(String value, ErrorCode onError) {
        int length = value.length();
        boolean fit =
                length == 0 || (!isBlank(value.charAt(0)) && !isBlank(value.charAt(length - 1)));
        for (int i = 0; fit && i < length; i++) {
            char c = value.charAt(i);
            fit = (c >= 0x20 || c == '\t') && c != 0x7f && c <= 0xff;
        }
        if (!fit) {
            throw HeadReader.refuse(
                    onError,
                    "a field value contains a control byte or begins or ends with a blank");
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
