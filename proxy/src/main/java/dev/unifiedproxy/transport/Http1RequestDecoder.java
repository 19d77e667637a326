package dev.unifiedproxy.transport;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestHeadParser;

import io.netty.channel.ChannelHandlerContext;

import java.util.Optional;

/**
 * Requests of one connection, one at a time: after each, decoding is held until its response is
 * complete, so that nothing behind it is looked at before its turn.
 */
public final class Http1RequestDecoder extends Http1Decoder {
    /** Room for a ticket of 8 KiB and the longest cookies in use. */
    private static final int MAX_HEAD_BYTES = 32 * 1024;

    private Optional<ChannelHandlerContext> self = Optional.empty();

    /** A decoder for a new connection. */
    public Http1RequestDecoder() {
        super(ErrorCode.MALFORMED, MAX_HEAD_BYTES);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        self = Optional.of(context);
    }

    @Override
    Optional<BodyFraming> head(ChannelHandlerContext context, byte[] bytes, int length) {
        RequestHead head = RequestHeadParser.parse(bytes, length);
        context.fireChannelRead(head);
        return Optional.of(head.framing());
    }

    @Override
    void headBegins() {
        // a client may send its next request at any time
    }

    @Override
    boolean continueAfterMessage() {
        return false;
    }

    /** Lets the next request in; called when the response to the last one is complete. */
    public void next() {
        ChannelHandlerContext context = self.orElseThrow();
        context.channel().config().setAutoRead(true);
        release(context);
    }

    /** Pipelined bytes wait in the kernel, not here. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (hasHeldBytes()) {
            context.channel().config().setAutoRead(false);
        }
        context.fireChannelReadComplete();
    }
}
