package dev.unifiedproxy.listener;

import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.transport.Http1RequestDecoder;
import dev.unifiedproxy.transport.Transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;

import java.net.InetSocketAddress;

/** The forward proxy's listening socket. */
public final class ForwardListener {
    private static final int BACKLOG = 1024;
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private final Channel channel;

    private ForwardListener(Channel channel) {
        this.channel = channel;
    }

    /**
     * Binds and accepts; a port that cannot be had is thrown as {@link java.net.BindException},
     * unchecked.
     */
    public static ForwardListener bind(
            InetSocketAddress address,
            EventLoopGroup loops,
            Transport transport,
            EdgeServices services) {
        Channel channel =
                new ServerBootstrap()
                        .group(loops)
                        .channel(transport.serverChannel())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                        .childHandler(new Accept(services))
                        .bind(address)
                        .syncUninterruptibly()
                        .channel();
        return new ForwardListener(channel);
    }

    /** The port that it accepts on. */
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Accepts no more. */
    public void close() {
        channel.close().syncUninterruptibly();
    }

    private static final class Accept extends ChannelInitializer<Channel> {
        private final EdgeServices services;

        Accept(EdgeServices services) {
            this.services = services;
        }

        @Override
        protected void initChannel(Channel channel) {
            if (!(channel.remoteAddress() instanceof InetSocketAddress remote)
                    || !services.connections().admit(channel)) {
                channel.close();
                return;
            }
            Http1RequestDecoder decoder = new Http1RequestDecoder();
            IpAddress source = IpAddress.of(remote.getAddress());
            channel.pipeline()
                    .addLast(
                            decoder, new ServerEdge(services, new Door.Forward(), source, decoder));
        }
    }
}
