package dev.unifiedproxy.transport;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.TrailerParser;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.FastThreadLocal;

import java.util.Optional;

/**
 * HTTP/1.1 framing: bytes to a head, pieces of body as they come, and {@link EndOfBody}.
 *
 * <p>Heads are handed to the strict parsers of {@code http}; this class only finds their end and
 * that of the body. Pieces are slices of what was read, never copies. Stricter than <a
 * href="https://datatracker.ietf.org/doc/html/rfc9112#section-7.1">RFC 9112 section 7.1</a>: no
 * chunk extensions, no bare LF, no white space around a chunk size, at most 15 digits. The first
 * error ends the decoding for good and goes up as {@link RefusedException}.
 */
abstract class Http1Decoder extends ChannelInboundHandlerAdapter {
    private static final int MAX_CHUNK_LINE = 17;
    private static final int MAX_TRAILER_BYTES = 8 * 1024;
    private static final int SCRATCH_BYTES = 64 * 1024;

    /** Where a head is copied to be parsed; used within one call only. */
    private static final FastThreadLocal<byte[]> SCRATCH =
            new FastThreadLocal<>() {
                @Override
                protected byte[] initialValue() {
                    return new byte[SCRATCH_BYTES];
                }
            };

    private enum State {
        HEAD,
        FIXED_BODY,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILERS,
        UNTIL_CLOSE,
        HELD,
        FAILED
    }

    private State state = State.HEAD;
    private ByteBuf input = Unpooled.EMPTY_BUFFER;
    private boolean decoding;
    private long remaining;

    /**
     * How much of the section in progress was searched for its end, and where its last line starts.
     */
    private int searched;

    private int lineStart;

    private final ErrorCode malformed;
    private final int maxHeadBytes;

    Http1Decoder(ErrorCode malformed, int maxHeadBytes) {
        this.malformed = malformed;
        this.maxHeadBytes = maxHeadBytes;
    }

    /**
     * Parses a head and hands it on; says how its body ends, or nothing when another head follows.
     */
    abstract Optional<BodyFraming> head(ChannelHandlerContext context, byte[] bytes, int length);

    /** A head's first bytes are here; throws when none is due. */
    abstract void headBegins();

    /** The message is complete; says whether the next one may be decoded. */
    abstract boolean continueAfterMessage();

    /** Whether a head is in progress: some of its bytes are here and not all. */
    public final boolean headInProgress() {
        return state == State.HEAD && input.isReadable();
    }

    /** Whether bytes wait while decoding is held. */
    final boolean hasHeldBytes() {
        return state == State.HELD && input.isReadable();
    }

    /** Continues after a message behind which decoding was held. */
    final void release(ChannelHandlerContext context) {
        if (state == State.HELD) {
            state = State.HEAD;
            run(context);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (state == State.FAILED) {
            bytes.release();
            return;
        }
        if (input.isReadable()) {
            input = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), input, bytes);
        } else {
            input.release();
            input = bytes;
        }
        run(context);
    }

    private void run(ChannelHandlerContext context) {
        if (decoding) {
            return;
        }
        decoding = true;
        try {
            while (input.isReadable() && step(context)) {
                // each step consumed something or changed the state
            }
        } catch (RefusedException e) {
            fail(context, e);
        } finally {
            decoding = false;
        }
        if (!input.isReadable()) {
            input.release();
            input = Unpooled.EMPTY_BUFFER;
        }
    }

    private void fail(ChannelHandlerContext context, RefusedException e) {
        state = State.FAILED;
        input.release();
        input = Unpooled.EMPTY_BUFFER;
        context.fireExceptionCaught(e);
    }

    /** One step; false when more bytes are needed or decoding is held. */
    private boolean step(ChannelHandlerContext context) {
        return switch (state) {
            case HEAD -> readHead(context);
            case FIXED_BODY -> readFixed(context);
            case CHUNK_SIZE -> readChunkSize();
            case CHUNK_DATA -> readChunkData(context);
            case CHUNK_END -> readChunkEnd();
            case TRAILERS -> readTrailers(context);
            case UNTIL_CLOSE -> {
                piece(context, input.readableBytes());
                yield true;
            }
            case HELD, FAILED -> false;
        };
    }

    private boolean readHead(ChannelHandlerContext context) {
        headBegins();
        int length = sectionLength(maxHeadBytes);
        if (length < 0) {
            return false;
        }
        byte[] scratch = SCRATCH.get();
        input.readBytes(scratch, 0, length);
        Optional<BodyFraming> framing = head(context, scratch, length);
        if (framing.isEmpty()) {
            return true;
        }
        switch (framing.get()) {
            case BodyFraming.None none -> endOfMessage(context, EndOfBody.WITHOUT_TRAILERS);
            case BodyFraming.Length(long bytes) -> {
                remaining = bytes;
                state = State.FIXED_BODY;
                if (bytes == 0) {
                    endOfMessage(context, EndOfBody.WITHOUT_TRAILERS);
                }
            }
            case BodyFraming.Chunked chunked -> state = State.CHUNK_SIZE;
            case BodyFraming.UntilClose untilClose -> state = State.UNTIL_CLOSE;
            case BodyFraming.WebSocket webSocket -> state = State.UNTIL_CLOSE;
        }
        return true;
    }

    private boolean readFixed(ChannelHandlerContext context) {
        int length = (int) Math.min(remaining, input.readableBytes());
        remaining -= length;
        piece(context, length);
        if (remaining == 0 && state == State.FIXED_BODY) {
            endOfMessage(context, EndOfBody.WITHOUT_TRAILERS);
        }
        return true;
    }

    private boolean readChunkSize() {
        int lf = lineFeed(MAX_CHUNK_LINE);
        if (lf < 0) {
            return false;
        }
        int digits = lf - input.readerIndex() - 1;
        if (digits < 1 || digits > 15 || input.getByte(lf - 1) != '\r') {
            throw refuse("a chunk size is not 1 to 15 hexadecimal digits and CRLF");
        }
        long size = 0;
        for (int i = 0; i < digits; i++) {
            byte b = input.readByte();
            int digit = b < 0 ? -1 : Character.digit(b, 16);
            if (digit < 0) {
                throw refuse("a chunk size is not 1 to 15 hexadecimal digits and CRLF");
            }
            size = size << 4 | digit;
        }
        input.skipBytes(2);
        remaining = size;
        state = size == 0 ? State.TRAILERS : State.CHUNK_DATA;
        return true;
    }

    private boolean readChunkData(ChannelHandlerContext context) {
        int length = (int) Math.min(remaining, input.readableBytes());
        remaining -= length;
        if (remaining == 0) {
            state = State.CHUNK_END;
        }
        piece(context, length);
        return true;
    }

    private boolean readChunkEnd() {
        if (input.getByte(input.readerIndex()) != '\r') {
            throw refuse("a chunk is longer than its size");
        }
        if (input.readableBytes() < 2) {
            return false;
        }
        if (input.getByte(input.readerIndex() + 1) != '\n') {
            throw refuse("a chunk does not end with CRLF");
        }
        input.skipBytes(2);
        state = State.CHUNK_SIZE;
        return true;
    }

    private boolean readTrailers(ChannelHandlerContext context) {
        int length = sectionLength(MAX_TRAILER_BYTES);
        if (length < 0) {
            return false;
        }
        if (length == 2) {
            input.skipBytes(2);
            endOfMessage(context, EndOfBody.WITHOUT_TRAILERS);
            return true;
        }
        byte[] scratch = SCRATCH.get();
        input.readBytes(scratch, 0, length);
        Headers trailers = TrailerParser.parse(scratch, length, malformed);
        endOfMessage(context, new EndOfBody(trailers));
        return true;
    }

    private void endOfMessage(ChannelHandlerContext context, EndOfBody end) {
        state = continueAfterMessage() ? State.HEAD : State.HELD;
        context.fireChannelRead(end);
    }

    /** Hands on so many bytes; the whole input without a slice where it is all that there is. */
    private void piece(ChannelHandlerContext context, int length) {
        if (length == input.readableBytes()) {
            ByteBuf all = input;
            input = Unpooled.EMPTY_BUFFER;
            context.fireChannelRead(all);
        } else {
            context.fireChannelRead(input.readRetainedSlice(length));
        }
    }

    /**
     * The length of the section at the front of the input, up to and with the empty line that ends
     * it.
     *
     * @return -1 while it is incomplete
     */
    private int sectionLength(int limit) {
        int start = input.readerIndex();
        int end = Math.min(input.writerIndex(), start + limit);
        while (true) {
            int lf = input.indexOf(start + searched, end, (byte) '\n');
            if (lf < 0) {
                searched = end - start;
                if (searched >= limit) {
                    throw new RefusedException(
                            malformed == ErrorCode.MALFORMED ? ErrorCode.HEAD_TOO_LARGE : malformed,
                            "The head is larger than " + limit + " bytes");
                }
                return -1;
            }
            searched = lf + 1 - start;
            if (searched - lineStart < 2 || input.getByte(lf - 1) != '\r') {
                throw refuse("a line ends with LF alone (expected: CRLF)");
            }
            boolean empty = searched - lineStart == 2;
            if (empty) {
                int length = searched;
                searched = 0;
                lineStart = 0;
                return length;
            }
            lineStart = searched;
        }
    }

    private int lineFeed(int limit) {
        int start = input.readerIndex();
        int end = Math.min(input.writerIndex(), start + limit);
        int lf = input.indexOf(start, end, (byte) '\n');
        if (lf < 0 && end - start >= limit) {
            throw refuse("a chunk size is not 1 to 15 hexadecimal digits and CRLF");
        }
        return lf;
    }

    private RefusedException refuse(String what) {
        return new RefusedException(
                malformed,
                (malformed == ErrorCode.MALFORMED ? "The request" : "The response")
                        + " is not well-formed: "
                        + what);
    }

    /**
     * A body that ends with the connection is complete now; whether cleanly is the connection's to
     * know.
     */
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (state == State.UNTIL_CLOSE) {
            endOfMessage(context, EndOfBody.WITHOUT_TRAILERS);
        }
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        ByteBuf rest = input;
        input = Unpooled.EMPTY_BUFFER;
        if (rest.isReadable() && context.channel().isActive()) {
            context.fireChannelRead(rest);
        } else {
            rest.release();
        }
    }
}
