package dev.unifiedproxy.upstream;

import dev.unifiedproxy.transport.Transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLContext;

/** An HTTP/2 server on loopback that says what a script says to each request. */
final class FrameServer implements AutoCloseable {
    /** What happens when the head of a request is there. */
    interface Script {
        void run(Stream stream);
    }

    private final EventLoopGroup loops = Transport.NIO.newGroup(1);
    private final AtomicInteger connections = new AtomicInteger();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final Script script;
    private final Channel listener;
    private final AtomicLong bodyBytes = new AtomicLong();
    private volatile boolean grantsWindows = true;

    FrameServer(SSLContext tls, Script script) {
        this.script = script;
        JdkSslContext context =
                new JdkSslContext(
                        tls,
                        false,
                        null,
                        IdentityCipherSuiteFilter.INSTANCE,
                        new ApplicationProtocolConfig(
                                ApplicationProtocolConfig.Protocol.ALPN,
                                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                                "h2"),
                        ClientAuth.NONE,
                        null,
                        false);
        listener =
                new ServerBootstrap()
                        .group(loops)
                        .channel(Transport.NIO.serverChannel())
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        connections.incrementAndGet();
                                        channel.pipeline()
                                                .addLast(
                                                        context.newHandler(channel.alloc()),
                                                        Http2FrameCodecBuilder.forServer()
                                                                .validateHeaders(false)
                                                                .initialSettings(
                                                                        Http2Settings
                                                                                .defaultSettings())
                                                                .build(),
                                                        new Frames());
                                    }
                                })
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .syncUninterruptibly()
                        .channel();
    }

    String url() {
        return "https://a.example:"
                + ((InetSocketAddress) listener.localAddress()).getPort()
                + "/x";
    }

    int connections() {
        return connections.get();
    }

    /** Heads as {@code name: value, …}, ends, and resets, in their order. */
    List<String> seen() {
        return seen;
    }

    long bodyBytes() {
        return bodyBytes.get();
    }

    void grantNoWindows() {
        grantsWindows = false;
    }

    private final class Frames extends SimpleChannelInboundHandler<Http2Frame> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, Http2Frame frame) {
            switch (frame) {
                case Http2HeadersFrame head -> {
                    seen.add("head " + head.headers().toString());
                    if (head.headers().method() != null) {
                        script.run(new Stream(context, head.stream()));
                    }
                }
                case Http2DataFrame data -> {
                    bodyBytes.addAndGet(data.content().readableBytes());
                    if (data.isEndStream()) {
                        seen.add("end");
                    }
                    if (grantsWindows) {
                        context.writeAndFlush(
                                new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes())
                                        .stream(data.stream()));
                    }
                }
                case Http2ResetFrame reset -> seen.add("reset " + reset.errorCode());
                default -> {
                    // settings, pings, windows
                }
            }
        }
    }

    /** One request's stream. */
    record Stream(ChannelHandlerContext context, Http2FrameStream stream) {
        Stream head(boolean end, String... lines) {
            Http2Headers fields = new DefaultHttp2Headers(false);
            for (int i = 0; i < lines.length; i += 2) {
                fields.add(lines[i], lines[i + 1]);
            }
            context.writeAndFlush(new DefaultHttp2HeadersFrame(fields, end).stream(stream));
            return this;
        }

        Stream data(String text, boolean end) {
            context.writeAndFlush(
                    new DefaultHttp2DataFrame(
                                    Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), end)
                            .stream(stream));
            return this;
        }

        void reset(long code) {
            context.writeAndFlush(new DefaultHttp2ResetFrame(code).stream(stream));
        }

        /** Says that the streams up to this one are all that will be looked at. */
        void goAway(int extraStreams) {
            context.writeAndFlush(new DefaultHttp2GoAwayFrame(0L).setExtraStreamIds(extraStreams));
        }

        void close() {
            context.close();
        }
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
