package dev.unifiedproxy.transport;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.http.ResponseHeadParser;

import io.netty.channel.ChannelHandlerContext;

import java.util.Optional;

/**
 * Responses of one connection, each announced by {@link #expect}; bytes that answer nothing are an
 * error, because they would answer the next request.
 */
public final class Http1ResponseDecoder extends Http1Decoder {
    private static final int MAX_HEAD_BYTES = 64 * 1024;

    private Optional<Method> expected = Optional.empty();
    private boolean webSocket;

    /** A decoder for a new connection. */
    public Http1ResponseDecoder() {
        super(ErrorCode.BAD_RESPONSE, MAX_HEAD_BYTES);
    }

    /** A request with this method goes out now; one response belongs to it. */
    public void expect(Method method) {
        expected = Optional.of(method);
        webSocket = false;
    }

    /** The opening handshake of a WebSocket goes out now; a 101 may answer it. */
    public void expectWebSocket() {
        expected = Optional.of(Method.GET);
        webSocket = true;
    }

    /** The first byte is too much already: half a head would take in the next response's. */
    @Override
    void headBegins() {
        if (expected.isEmpty()) {
            throw new RefusedException(
                    ErrorCode.BAD_RESPONSE, "The server sent bytes that no request asked for");
        }
    }

    @Override
    Optional<BodyFraming> head(ChannelHandlerContext context, byte[] bytes, int length) {
        ResponseHead head =
                ResponseHeadParser.parse(bytes, length, expected.orElseThrow(), webSocket);
        context.fireChannelRead(head);
        if (head.informational()) {
            return Optional.empty();
        }
        expected = Optional.empty();
        return Optional.of(head.framing());
    }

    @Override
    boolean continueAfterMessage() {
        return true;
    }
}
