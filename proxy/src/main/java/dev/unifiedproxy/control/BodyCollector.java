package dev.unifiedproxy.control;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;

/** Netty's aggregator, with answers in JSON. */
final class BodyCollector extends HttpObjectAggregator {
    private final int maxBytes;

    BodyCollector(int maxBytes) {
        super(maxBytes, true);
        this.maxBytes = maxBytes;
    }

    @Override
    protected Object newContinueResponse(
            HttpMessage start, int maxContentLength, ChannelPipeline pipeline) {
        if (HttpUtil.is100ContinueExpected(start) && isContentLengthInvalid(start, maxBytes)) {
            return Responses.closing(tooLarge());
        }
        return super.newContinueResponse(start, maxContentLength, pipeline);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
        ctx.writeAndFlush(Responses.closing(tooLarge())).addListener(ChannelFutureListener.CLOSE);
    }

    private ControlResponse tooLarge() {
        return ControlJson.error(
                413, "Request too large", "The body must be at most " + maxBytes + " bytes");
    }
}
