package dev.unifiedproxy.transport;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import java.util.function.Consumer;

/**
 * The frames of one direction of a WebSocket, checked as they pass (<a
 * href="https://datatracker.ietf.org/doc/html/rfc6455#section-5.2">RFC 6455 section 5</a>).
 *
 * <p>What passes is the bytes that came, in slices of what was read; a payload is never collected.
 * A frame's head is held until all of it is here, a control frame until its end: so what has passed
 * always ends within the payload of a data frame or between two frames, and between two frames the
 * proxy can say something of its own. Bytes behind a Close are thrown away (section 1.4).
 *
 * <p>Stricter than the RFC: a frame of more than 256 MiB is refused; no extension is ever agreed
 * on, so no reserved bit may be set.
 */
public final class WebSocketFrames {
    /** A frame broke the protocol (section 7.4.1). */
    private static final int PROTOCOL_ERROR = 1002;

    private static final int TOO_BIG = 1009;
    private static final long MAX_PAYLOAD = 256L * 1024 * 1024;
    private static final int MAX_CONTROL_PAYLOAD = 125;
    private static final int MAX_HEAD = 14;
    private static final int MASK_BYTES = 4;
    private static final int CONTINUATION = 0;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PONG = 10;

    private final boolean masked;
    private final ErrorCode onError;

    /** A head in progress, or a control frame: what is not passed on before it is complete. */
    private final byte[] held = new byte[MAX_HEAD + MAX_CONTROL_PAYLOAD];

    private int heldLength;
    private long payloadLeft;
    private boolean fragmented;
    private boolean closed;
    private int closeCode;

    private WebSocketFrames(boolean masked, ErrorCode onError) {
        this.masked = masked;
        this.onError = onError;
    }

    /** Of a client, which masks what it sends; {@link ErrorCode#MALFORMED} when it is wrong. */
    public static WebSocketFrames ofClient() {
        return new WebSocketFrames(true, ErrorCode.MALFORMED);
    }

    /** Of a server, which masks nothing; {@link ErrorCode#BAD_RESPONSE} when it is wrong. */
    public static WebSocketFrames ofServer() {
        return new WebSocketFrames(false, ErrorCode.BAD_RESPONSE);
    }

    /** Whether a Close has passed. */
    public boolean closed() {
        return closed;
    }

    /** Whether a frame may be put behind what has passed. */
    public boolean betweenFrames() {
        return payloadLeft == 0;
    }

    /** The status code that its sender is owed after an error; 0 while there was none. */
    public int closeCode() {
        return closeCode;
    }

    /**
     * Checks a piece and passes on what is right of it.
     *
     * @param piece ownership passes
     * @param to takes ownership of what it gets
     * @throws RefusedException at the first frame that is wrong; all before it has passed
     */
    public void read(ByteBuf piece, Consumer<ByteBuf> to) {
        int from = piece.readerIndex();
        int good = from;
        try {
            while (piece.isReadable() && !closed) {
                if (payloadLeft > 0) {
                    int length = (int) Math.min(payloadLeft, piece.readableBytes());
                    piece.skipBytes(length);
                    payloadLeft -= length;
                    good = piece.readerIndex();
                    continue;
                }
                boolean here = good + heldLength == piece.readerIndex();
                hold(piece.readByte());
                if (complete()) {
                    if (!here) { // it began in an earlier piece, of which nothing else is left
                        to.accept(Unpooled.copiedBuffer(held, 0, heldLength));
                        from = piece.readerIndex();
                    }
                    good = piece.readerIndex();
                    heldLength = 0;
                }
            }
        } finally {
            pass(piece, from, good, to);
        }
    }

    private static void pass(ByteBuf piece, int from, int to, Consumer<ByteBuf> out) {
        if (from == to) {
            piece.release();
        } else {
            out.accept(piece.setIndex(from, to));
        }
    }

    private void hold(byte next) {
        held[heldLength++] = next;
        if (heldLength == 2) {
            checkStart();
        }
    }

    /** Opcode, flags and order, as soon as they are here. */
    private void checkStart() {
        boolean last = (held[0] & 0x80) != 0;
        int opcode = opcode();
        if ((held[0] & 0x70) != 0) {
            throw wrong("a reserved bit is set, and no extension was agreed on");
        }
        if (opcode > PONG || (opcode > BINARY && opcode < CLOSE)) {
            throw wrong("opcode " + opcode + " is not known");
        }
        if (((held[1] & 0x80) != 0) != masked) {
            throw wrong(masked ? "a client's frame is not masked" : "a server's frame is masked");
        }
        if (isControl()) {
            if (!last || shortLength() > MAX_CONTROL_PAYLOAD) {
                throw wrong("a control frame is fragmented or longer than 125 bytes");
            }
            if (opcode == CLOSE && shortLength() == 1) {
                throw wrong("a Close has half a status code");
            }
            return;
        }
        if ((opcode == CONTINUATION) != fragmented) {
            throw wrong(
                    fragmented
                            ? "a message begins within another"
                            : "a continuation belongs to no message");
        }
        fragmented = !last;
    }

    /** Whether what is held is a whole head of a data frame, or a whole control frame. */
    private boolean complete() {
        if (heldLength < 2) {
            return false;
        }
        int head = 2 + lengthBytes() + (masked ? MASK_BYTES : 0);
        if (isControl()) {
            if (heldLength < head + shortLength()) {
                return false;
            }
            if (opcode() == CLOSE) {
                checkClose(head);
                closed = true;
            }
            return true;
        }
        if (heldLength < head) {
            return false;
        }
        payloadLeft = checkedLength();
        return true;
    }

    private long checkedLength() {
        int bytes = lengthBytes();
        if (bytes == 0) {
            return shortLength();
        }
        long length = 0;
        for (int i = 0; i < bytes; i++) {
            length = length << 8 | (held[2 + i] & 0xff);
        }
        if (length >= 0 && length <= (bytes == 2 ? MAX_CONTROL_PAYLOAD : 0xffff)) {
            throw wrong("a length has more bytes than it needs");
        }
        if (length < 0 || length > MAX_PAYLOAD) {
            closeCode = TOO_BIG;
            throw wrong("a frame is longer than " + MAX_PAYLOAD + " bytes");
        }
        return length;
    }

    /** Section 7.4: which status codes an endpoint may send. */
    private void checkClose(int head) {
        if (shortLength() == 0) {
            return;
        }
        int mask = head - MASK_BYTES;
        int high = (held[head] ^ (masked ? held[mask] : 0)) & 0xff;
        int low = (held[head + 1] ^ (masked ? held[mask + 1] : 0)) & 0xff;
        int code = high << 8 | low;
        boolean registered = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
        if (!registered && (code < 3000 || code > 4999)) {
            throw wrong("a Close has status code " + code);
        }
    }

    private int opcode() {
        return held[0] & 0x0f;
    }

    private boolean isControl() {
        return opcode() >= CLOSE;
    }

    private int shortLength() {
        return held[1] & 0x7f;
    }

    private int lengthBytes() {
        return switch (shortLength()) {
            case 126 -> 2;
            case 127 -> 8;
            default -> 0;
        };
    }

    private RefusedException wrong(String what) {
        heldLength = 0;
        if (closeCode == 0) {
            closeCode = PROTOCOL_ERROR;
        }
        return new RefusedException(
                onError,
                "The "
                        + (onError == ErrorCode.MALFORMED ? "client's" : "server's")
                        + " WebSocket is not well-formed: "
                        + what);
    }
}
