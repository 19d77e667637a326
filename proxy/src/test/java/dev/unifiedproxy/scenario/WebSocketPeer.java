package dev.unifiedproxy.scenario;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One end of a WebSocket, frame by frame, which can send what is wrong too. */
final class WebSocketPeer {
    static final int TEXT = 0x81;
    static final int BINARY = 0x82;
    static final int CLOSE = 0x88;
    static final int PING = 0x89;
    static final int PONG = 0x8a;

    private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};

    private final DataInputStream in;
    private final OutputStream out;
    private final boolean client;

    /** A frame as it came, unmasked: flags and opcode, and its payload, each character a byte. */
    record Frame(int first, boolean masked, String text) {
        byte[] payload() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }

        /** The status code and the reason of a Close. */
        String close() {
            return (text.charAt(0) << 8 | text.charAt(1)) + " " + text.substring(2);
        }
    }

    WebSocketPeer(InputStream in, OutputStream out, boolean client) {
        this.in = new DataInputStream(in);
        this.out = out;
        this.client = client;
    }

    /** The next frame, or empty when the connection ends between two. */
    Optional<Frame> read() throws IOException {
        int first = in.read();
        if (first < 0) {
            return Optional.empty();
        }
        int second = in.readUnsignedByte();
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        boolean masked = (second & 0x80) != 0;
        byte[] mask = masked ? in.readNBytes(4) : new byte[4];
        byte[] payload = in.readNBytes((int) length);
        if (payload.length < length) {
            throw new EOFException("cut within a frame");
        }
        apply(mask, payload);
        return Optional.of(
                new Frame(first, masked, new String(payload, StandardCharsets.ISO_8859_1)));
    }

    void write(int first, byte[] payload) throws IOException {
        out.write(frame(first, payload, client));
        out.flush();
    }

    void write(int first, String text) throws IOException {
        write(first, text.getBytes(StandardCharsets.UTF_8));
    }

    void close(int code) throws IOException {
        write(CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
    }

    void raw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    static byte[] frame(int first, byte[] payload, boolean masked) {
        int bytes = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
        byte[] frame = new byte[2 + bytes + (masked ? 4 : 0) + payload.length];
        frame[0] = (byte) first;
        int length = bytes == 0 ? payload.length : bytes == 2 ? 126 : 127;
        frame[1] = (byte) (length | (masked ? 0x80 : 0));
        for (int i = 0; i < bytes; i++) {
            frame[2 + i] = (byte) ((long) payload.length >> (8 * (bytes - 1 - i)));
        }
        byte[] body = payload.clone();
        if (masked) {
            System.arraycopy(MASK, 0, frame, 2 + bytes, 4);
            apply(MASK, body);
        }
        System.arraycopy(body, 0, frame, frame.length - body.length, body.length);
        return frame;
    }

    private static void apply(byte[] mask, byte[] payload) {
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
    }
}
