package dev.unifiedproxy.control;

import dev.unifiedproxy.container.ContainerLookup;
import dev.unifiedproxy.container.ContainerLookup.Finding;
import dev.unifiedproxy.host.Cidr;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.metrics.MetricsPage;
import dev.unifiedproxy.transport.Transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /internal/metrics}: a sandbox sees its own series, loopback and the listed networks
 * see all, everyone else is refused.
 *
 * <p>A registered address counts as that sandbox even where it is loopback: being registered never
 * shows more.
 */
public final class MetricsListener {
    private static final String PATH = "/internal/metrics";
    private static final int TIMEOUT_SECONDS = 10;
    private static final int MAX_BODY_BYTES = 1024;

    private final Channel channel;

    private MetricsListener(Channel channel) {
        this.channel = channel;
    }

    /**
     * Who may see what.
     *
     * @param page the metrics
     * @param containers who is registered
     * @param networks from where all series are shown, beside loopback
     */
    public record Access(MetricsPage page, ContainerLookup containers, List<Cidr> networks) {}

    /**
     * Binds and accepts; a port that cannot be had is thrown as {@link java.net.BindException},
     * unchecked.
     */
    public static MetricsListener bind(
            InetSocketAddress address, EventLoopGroup loops, Transport transport, Access access) {
        Channel channel =
                new ServerBootstrap()
                        .group(loops)
                        .channel(transport.serverChannel())
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel accepted) {
                                        accepted.pipeline()
                                                .addLast(
                                                        new ReadTimeoutHandler(TIMEOUT_SECONDS),
                                                        new HttpServerCodec(),
                                                        new HttpObjectAggregator(MAX_BODY_BYTES),
                                                        new Page(access));
                                    }
                                })
                        .bind(address)
                        .syncUninterruptibly()
                        .channel();
        return new MetricsListener(channel);
    }

    /** The port that it accepts on. */
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Accepts no more. */
    public void close() {
        channel.close().syncUninterruptibly();
    }

    private static final class Page extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final Access access;

        Page(Access access) {
            this.access = access;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            boolean path = request.uri().equals(PATH) || request.uri().startsWith(PATH + "?");
            if (!request.decoderResult().isSuccess()) {
                answer(context, HttpResponseStatus.BAD_REQUEST, "Bad Request\n");
            } else if (!path) {
                answer(
                        context,
                        HttpResponseStatus.NOT_FOUND,
                        "Not found: the metrics are at " + PATH + "\n");
            } else if (!request.method().equals(HttpMethod.GET)) {
                answer(
                        context,
                        HttpResponseStatus.METHOD_NOT_ALLOWED,
                        "Method not allowed (expected: GET)\n");
            } else {
                show(context);
            }
        }

        /** Rendering takes longer the more series there are, so it runs beside the event loop. */
        private void show(ChannelHandlerContext context) {
            IpAddress caller =
                    IpAddress.of(
                            ((InetSocketAddress) context.channel().remoteAddress()).getAddress());
            Optional<String> container =
                    access.containers().find(caller) instanceof Finding.Registered(var registered)
                            ? Optional.of(registered.id())
                            : Optional.empty();
            if (container.isEmpty()
                    && !caller.isLoopback()
                    && access.networks().stream().noneMatch(n -> n.contains(caller))) {
                answer(
                        context,
                        HttpResponseStatus.FORBIDDEN,
                        "Forbidden: unknown container, and this address is in no network that may"
                                + " see all metrics\n");
                return;
            }
            Thread.ofVirtual()
                    .name("metrics-page")
                    .start(
                            () ->
                                    answer(
                                            context,
                                            HttpResponseStatus.OK,
                                            access.page().render(container)));
        }

        private static void answer(
                ChannelHandlerContext context, HttpResponseStatus status, String text) {
            ByteBuf body = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
            FullHttpResponse response =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
            response.headers()
                    .set(
                            HttpHeaderNames.CONTENT_TYPE,
                            status.equals(HttpResponseStatus.OK)
                                    ? MetricsPage.CONTENT_TYPE
                                    : "text/plain; charset=utf-8")
                    .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
