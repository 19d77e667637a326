package dev.unifiedproxy.upstream;

import dev.unifiedproxy.transport.Transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import java.net.InetSocketAddress;

/** Opens sockets, within the bound on them. Whoever asked bounds the time, by cancelling. */
final class TcpConnector {
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(64 * 1024, 256 * 1024);
    private static final int NO_LIMIT = 0;

    private final Transport transport;
    private final UpstreamSlots slots;

    TcpConnector(Transport transport, UpstreamSlots slots) {
        this.transport = transport;
        this.slots = slots;
    }

    /** A connected channel without handlers; cancelling closes what is under way. */
    Future<Channel> connect(InetSocketAddress address, EventLoop loop) {
        Promise<Channel> result = loop.newPromise();
        slots.take(loop)
                .addListener(
                        (Future<UpstreamSlots.Slot> taken) -> {
                            if (!taken.isSuccess()) {
                                result.tryFailure(taken.cause());
                            } else if (result.isDone()) {
                                taken.getNow().giveBack();
                            } else {
                                open(address, loop, taken.getNow(), result);
                            }
                        });
        return result;
    }

    private void open(
            InetSocketAddress address,
            EventLoop loop,
            UpstreamSlots.Slot slot,
            Promise<Channel> result) {
        ChannelFuture connecting =
                new Bootstrap()
                        .group(loop)
                        .channel(transport.channel())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, NO_LIMIT)
                        .handler(new NoHandlersYet())
                        .connect(address);
        Channel channel = connecting.channel();
        channel.closeFuture().addListener(closed -> slot.giveBack());
        result.addListener(
                done -> {
                    if (done.isCancelled()) {
                        channel.close();
                    }
                });
        connecting.addListener(
                (ChannelFuture connected) -> {
                    if (!connected.isSuccess()) {
                        slot.giveBack(); // a socket that could not even be made never closes
                        result.tryFailure(connected.cause());
                    } else if (!result.trySuccess(channel)) {
                        channel.close();
                    }
                });
    }

    private static final class NoHandlersYet extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            // TLS and HTTP come to the connection that is used, not to every attempt
        }
    }
}
