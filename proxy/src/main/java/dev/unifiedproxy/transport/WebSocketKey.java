package dev.unifiedproxy.transport;

import dev.unifiedproxy.http.Headers;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * What a client of a WebSocket sends so that the answer proves a server which understood it (RFC
 * 6455 section 1.3).
 *
 * @param text 16 bytes in Base64
 */
public record WebSocketKey(String text) {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A key for a handshake of our own. */
    public static WebSocketKey random() {
        byte[] key = new byte[BYTES];
        RANDOM.nextBytes(key);
        return new WebSocketKey(Base64.getEncoder().encodeToString(key));
    }

    /** The fields of a handshake of our own: what goes out of the client's, and this. */
    public Headers request(Headers fields) {
        return fields.with("sec-websocket-version", "13").with("sec-websocket-key", text);
    }

    /** Section 4.2.2: what proves that the key was read. */
    public String accept() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest((text + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-1", e);
        }
    }
}
