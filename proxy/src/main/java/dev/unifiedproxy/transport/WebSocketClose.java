package dev.unifiedproxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** Close frames of our own (RFC 6455 section 5.5.1). */
public final class WebSocketClose {
    /** FIN and the opcode of Close. */
    private static final int CLOSE = 0x88;

    private static final int MASKED = 0x80;
    private static final int MAX_REASON = 123;
    private static final SecureRandom RANDOM = new SecureRandom();

    private WebSocketClose() {}

    /** One for a client. */
    public static ByteBuf toClient(int code, String reason) {
        byte[] payload = payload(code, reason);
        return Unpooled.buffer(2 + payload.length)
                .writeByte(CLOSE)
                .writeByte(payload.length)
                .writeBytes(payload);
    }

    /** One for a server: masked, with a key that nobody can foretell (section 5.3). */
    public static ByteBuf toServer(int code, String reason) {
        byte[] payload = payload(code, reason);
        byte[] mask = new byte[4];
        RANDOM.nextBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % mask.length];
        }
        return Unpooled.buffer(2 + mask.length + payload.length)
                .writeByte(CLOSE)
                .writeByte(MASKED | payload.length)
                .writeBytes(mask)
                .writeBytes(payload);
    }

    private static byte[] payload(int code, String reason) {
        String text = reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON - 3);
        while (ByteBufUtil.utf8Bytes(text) > MAX_REASON) {
            text = text.substring(0, text.length() - 1);
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[2 + utf8.length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(utf8, 0, payload, 2, utf8.length);
        return payload;
    }
}
