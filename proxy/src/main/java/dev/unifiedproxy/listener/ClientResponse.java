package dev.unifiedproxy.listener;

import dev.unifiedproxy.http.Answer;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.transport.Http1Writer;
import dev.unifiedproxy.transport.WebSocketKey;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Writes the responses of one connection, each in the framing that its request calls for. */
final class ClientResponse {
    private boolean toHead;
    private boolean chunked;
    private Optional<WebSocketKey> webSocketKey = Optional.empty();

    /** What follows answers one request, a HEAD, a WebSocket's handshake or another. */
    void begin(RequestHead request) {
        toHead = request.method() == Method.HEAD;
        chunked = false;
        webSocketKey =
                request.opensWebSocket()
                        ? request.headers().first("sec-websocket-key").map(WebSocketKey::new)
                        : Optional.empty();
    }

    /** What follows answers bytes that are no request. */
    void begin() {
        toHead = false;
        chunked = false;
        webSocketKey = Optional.empty();
    }

    /** The answer to an admitted CONNECT. */
    void established(ChannelHandlerContext context) {
        write(
                context,
                Unpooled.copiedBuffer(
                        "HTTP/1.1 200 Connection established\r\n\r\n", StandardCharsets.US_ASCII));
    }

    /**
     * A whole response of the proxy's own; to a HEAD without its body, which would be taken for the
     * next response (<a href="https://datatracker.ietf.org/doc/html/rfc9112#section-6.3">RFC 9112
     * section 6.3</a>).
     */
    void answer(ChannelHandlerContext context, Answer answer, boolean close) {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        write(
                context,
                Http1Writer.responseHead(
                        context.alloc(),
                        answer.status(),
                        answer.headers(),
                        new BodyFraming.Length(body.length),
                        close));
        if (!toHead) {
            write(context, Unpooled.wrappedBuffer(body));
        }
    }

    void informational(ChannelHandlerContext context, ResponseHead head) {
        write(
                context,
                Http1Writer.responseHead(
                        context.alloc(), head.status(), head.headers(), BodyFraming.NONE, false));
    }

    /** The head of a server's response; a body that ends with its connection is chunked here. */
    void head(ChannelHandlerContext context, ResponseHead head, boolean close) {
        BodyFraming framing =
                head.framing() instanceof BodyFraming.UntilClose
                        ? BodyFraming.CHUNKED
                        : head.framing();
        chunked = framing instanceof BodyFraming.Chunked;
        Headers fields = head.headers();
        if (head.opensWebSocket()) {
            fields = fields.with("sec-websocket-accept", webSocketKey.orElseThrow().accept());
        }
        write(
                context,
                Http1Writer.responseHead(
                        context.alloc(),
                        head.status(),
                        fields,
                        framing,
                        close && !head.opensWebSocket()));
    }

    /** Takes ownership of the piece. */
    void body(ChannelHandlerContext context, ByteBuf piece) {
        Http1Writer.body(context, piece, chunked);
    }

    void end(ChannelHandlerContext context, Headers trailers) {
        if (chunked) {
            Http1Writer.lastChunk(context, trailers);
            chunked = false;
        }
    }

    /** Closes when everything has gone out. */
    void close(ChannelHandlerContext context) {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private static void write(ChannelHandlerContext context, ByteBuf bytes) {
        context.write(bytes, context.voidPromise());
    }
}
