package dev.unifiedproxy.build;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Stands first in a channel's pipeline and tells the watchdog when its loop turns to this channel
 * and when it has done with it.
 */
final class LoopTicks extends ChannelInboundHandlerAdapter {
    private final LoopWatchdog watchdog;

    LoopTicks(LoopWatchdog watchdog) {
        this.watchdog = watchdog;
    }

    private interface Event {
        void run() throws Exception;
    }

    private void timed(ChannelHandlerContext context, Event event) throws Exception {
        WatchedLoop loop = watchdog.current(context.executor());
        loop.tick();
        event.run();
        loop.tick();
    }

    @Override
    public void channelRegistered(ChannelHandlerContext context) throws Exception {
        timed(context, () -> super.channelRegistered(context));
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        timed(context, () -> super.channelActive(context));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        timed(context, () -> super.channelRead(context, message));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        timed(context, () -> super.channelReadComplete(context));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
        timed(context, () -> super.channelWritabilityChanged(context));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        timed(context, () -> super.channelInactive(context));
    }
}
