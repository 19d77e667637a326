package dev.unifiedproxy.http;

import dev.unifiedproxy.error.ErrorCode;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;

/**
 * The opening handshake of a WebSocket (<a
 * href="https://datatracker.ietf.org/doc/html/rfc6455#section-4">RFC 6455 section 4</a>), on both
 * sides.
 *
 * <p>Each side has a handshake of its own. Stricter than the RFC: no extension is ever agreed on,
 * because a compressed frame could not be looked into.
 */
public final class WebSocketHandshake {
    private static final String VERSION = "13";
    private static final int KEY_BYTES = 16;
    private static final int KEY_LENGTH = 24;

    private WebSocketHandshake() {}

    /** Whether Upgrade asks for a WebSocket and for nothing else. */
    static boolean isAskedFor(Headers fields) {
        List<String> protocols = fields.all("upgrade");
        return protocols.size() == 1 && protocols.getFirst().equalsIgnoreCase("websocket");
    }

    /** Section 4.2.1: what an HTTP/1.1 request must have beside its Upgrade. */
    static void checkRequest(Method method, Headers fields) {
        if (method != Method.GET) {
            throw malformed("a WebSocket is asked for with " + method + " (expected: GET)");
        }
        if (!fields.hasToken("connection", "upgrade")) {
            throw malformed("Upgrade is not named by Connection");
        }
        if (fields.contains("transfer-encoding") || fields.contains("content-length")) {
            throw malformed("a WebSocket is asked for with a body");
        }
        List<String> keys = fields.all("sec-websocket-key");
        if (keys.size() != 1 || !isKey(keys.getFirst())) {
            throw malformed("Sec-WebSocket-Key is not exactly one key of 16 bytes in Base64");
        }
        checkOffer(fields);
    }

    /** What a request over HTTP/2 must have too; it has no key (RFC 8441 section 5). */
    static void checkOffer(Headers fields) {
        if (!fields.all("sec-websocket-version").equals(List.of(VERSION))) {
            throw malformed("Sec-WebSocket-Version is not exactly 13");
        }
        List<String> protocols = protocols(fields);
        if (!protocols.stream().allMatch(HeadReader::isToken)
                || new HashSet<>(protocols).size() < protocols.size()) {
            throw malformed("Sec-WebSocket-Protocol is not a list of different tokens");
        }
    }

    private static boolean isKey(String text) {
        if (text.length() != KEY_LENGTH) {
            return false;
        }
        try {
            return Base64.getDecoder().decode(text).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static List<String> protocols(Headers fields) {
        List<String> protocols = new ArrayList<>();
        for (String line : fields.all("sec-websocket-protocol")) {
            for (String element : line.split(",", -1)) {
                protocols.add(element.strip());
            }
        }
        return protocols;
    }

    /**
     * Section 4.1: what the fields of a 101 must be, as the answer to a handshake of our own.
     *
     * @param answer the fields of the response
     * @param accept what proves that the key of that handshake was read
     * @param request the fields that went out
     * @throws dev.unifiedproxy.error.RefusedException with {@link ErrorCode#BAD_RESPONSE}
     */
    public static void checkAnswer(Headers answer, String accept, Headers request) {
        if (!isAskedFor(answer) || !answer.hasToken("connection", "upgrade")) {
            throw bad("it does not switch to exactly websocket");
        }
        if (!answer.all("sec-websocket-accept").equals(List.of(accept))) {
            throw bad("Sec-WebSocket-Accept does not answer the key");
        }
        if (answer.contains("sec-websocket-extensions")) {
            throw bad("it agrees to a WebSocket extension that nobody offered");
        }
        List<String> chosen = protocols(answer);
        if (chosen.size() > 1 || !protocols(request).containsAll(chosen)) {
            throw bad("it chooses a WebSocket protocol that nobody offered");
        }
    }

    private static RuntimeException malformed(String what) {
        return HeadReader.refuse(ErrorCode.MALFORMED, what);
    }

    private static RuntimeException bad(String what) {
        return HeadReader.refuse(ErrorCode.BAD_RESPONSE, what);
    }
}
