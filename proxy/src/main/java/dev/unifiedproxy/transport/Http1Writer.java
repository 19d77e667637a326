package dev.unifiedproxy.transport;

import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.Method;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;

import java.nio.charset.StandardCharsets;

/**
 * Values to HTTP/1.1 bytes. Everything that leaves the proxy as HTTP/1.1 is written here, from
 * parsed values; no received head is ever passed on as bytes.
 */
public final class Http1Writer {
    private static final ByteBuf CRLF = constant("\r\n");
    private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");
    private static final int TYPICAL_HEAD = 512;

    private Http1Writer() {}

    private static ByteBuf constant(String text) {
        return Unpooled.unreleasableBuffer(
                Unpooled.directBuffer()
                        .writeBytes(text.getBytes(StandardCharsets.US_ASCII))
                        .asReadOnly());
    }

    /** A request head with its framing. */
    public static ByteBuf requestHead(
            ByteBufAllocator allocator,
            Method method,
            String target,
            Headers headers,
            BodyFraming framing) {
        String framingField = framingField(framing);
        ByteBuf out = allocator.buffer(TYPICAL_HEAD);
        ascii(out, method.name());
        out.writeByte(' ');
        ascii(out, target);
        ascii(out, " HTTP/1.1\r\n");
        fields(out, headers);
        ascii(out, framingField);
        return out.writeShort('\r' << 8 | '\n');
    }

    /**
     * A response head with its framing.
     *
     * @param close whether the connection closes after the response
     */
    public static ByteBuf responseHead(
            ByteBufAllocator allocator,
            int status,
            Headers headers,
            BodyFraming framing,
            boolean close) {
        String framingField = framingField(framing);
        ByteBuf out = allocator.buffer(TYPICAL_HEAD);
        ascii(out, "HTTP/1.1 ");
        out.writeByte('0' + status / 100)
                .writeByte('0' + status / 10 % 10)
                .writeByte('0' + status % 10);
        out.writeByte(' ');
        ascii(out, ReasonPhrase.of(status));
        out.writeShort('\r' << 8 | '\n');
        fields(out, headers);
        ascii(out, framingField);
        if (close) {
            ascii(out, "connection: close\r\n");
        }
        return out.writeShort('\r' << 8 | '\n');
    }

    /** A piece of body in its framing; takes ownership. */
    public static void body(ChannelHandlerContext context, ByteBuf piece, boolean chunked) {
        if (!piece.isReadable()) {
            piece.release();
            return;
        }
        if (!chunked) {
            context.write(piece, context.voidPromise());
            return;
        }
        ByteBuf size = context.alloc().buffer(18);
        ascii(size, Integer.toHexString(piece.readableBytes()));
        size.writeShort('\r' << 8 | '\n');
        context.write(size, context.voidPromise());
        context.write(piece, context.voidPromise());
        context.write(CRLF.duplicate(), context.voidPromise());
    }

    /** The end of a chunked body. */
    public static void lastChunk(ChannelHandlerContext context, Headers trailers) {
        if (trailers.size() == 0) {
            context.write(LAST_CHUNK.duplicate(), context.voidPromise());
            return;
        }
        ByteBuf out = context.alloc().buffer(128);
        ascii(out, "0\r\n");
        fields(out, trailers);
        context.write(out.writeShort('\r' << 8 | '\n'), context.voidPromise());
    }

    private static void fields(ByteBuf out, Headers headers) {
        for (int i = 0; i < headers.size(); i++) {
            ascii(out, headers.name(i));
            out.writeShort(':' << 8 | ' ');
            out.writeCharSequence(headers.value(i), StandardCharsets.ISO_8859_1);
            out.writeShort('\r' << 8 | '\n');
        }
    }

    /** Made before the buffer is, so that a framing which cannot be written leaves none behind. */
    private static String framingField(BodyFraming framing) {
        return switch (framing) {
            case BodyFraming.None none -> "";
            case BodyFraming.Length(long bytes) -> "content-length: " + bytes + "\r\n";
            case BodyFraming.Chunked chunked -> "transfer-encoding: chunked\r\n";
            case BodyFraming.WebSocket webSocket -> "connection: Upgrade\r\nupgrade: websocket\r\n";
            case BodyFraming.UntilClose untilClose ->
                    throw new IllegalStateException("A body until close is never written");
        };
    }

    private static void ascii(ByteBuf out, String text) {
        ByteBufUtil.writeAscii(out, text);
    }
}
