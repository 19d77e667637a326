package dev.unifiedproxy.control;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;

/**
 * Limits the time from the start of a connection, or from an answer, to the next complete request.
 * Used by the connection's event loop.
 */
final class RequestDeadline extends ChannelInboundHandlerAdapter {
    /** Sent down the pipeline when the time is over. */
    enum Event {
        /** A part of a request had come. */
        INCOMPLETE,
        /** Nothing had come. */
        IDLE
    }

    private final long millis;
    private @Nullable Future<?> timer;
    private boolean bytesCame;

    RequestDeadline(long millis) {
        this.millis = millis;
    }

    /** Starts the time. */
    void start(ChannelHandlerContext ctx) {
        stop();
        bytesCame = false;
        timer =
                ctx.executor()
                        .schedule(
                                () ->
                                        ctx.pipeline()
                                                .fireUserEventTriggered(
                                                        bytesCame ? Event.INCOMPLETE : Event.IDLE),
                                millis,
                                TimeUnit.MILLISECONDS);
    }

    /** Stops it: a complete request is there. */
    void stop() {
        Future<?> running = timer;
        timer = null;
        if (running != null) {
            running.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        bytesCame = true;
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        ctx.fireChannelInactive();
    }
}
