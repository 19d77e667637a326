package dev.unifiedproxy.scenario;

import dev.unifiedproxy.transport.Transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A client in a tunnel through the proxy that speaks one protocol and does the same in both. */
final class ScriptedClient implements AutoCloseable {
    private final EventLoopGroup loops = Transport.NIO.newGroup(1);
    private final Protocol protocol;
    private final String host;
    private final Channel connection;

    ScriptedClient(ProxyUnderTest proxy, Protocol protocol, String host) throws Exception {
        this.protocol = protocol;
        this.host = host;
        SslContext tls =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .trustManager(proxy.clientTrust())
                        .applicationProtocolConfig(protocol.alpn())
                        .build();
        CompletableFuture<Channel> ready = new CompletableFuture<>();
        connection =
                new Bootstrap()
                        .group(loops)
                        .channel(Transport.NIO.channel())
                        .handler(new Opening(tls, ready))
                        .localAddress(
                                new InetSocketAddress(
                                        InetAddress.ofLiteral(ProxyUnderTest.REGISTERED), 0))
                        .connect("127.0.0.1", proxy.proxy().ports().proxy())
                        .sync()
                        .channel();
        ready.get(15, TimeUnit.SECONDS);
    }

    /** Sends the head of a request; {@code fields} are names and values. */
    Call begin(String method, String path, String... fields) throws Exception {
        return start(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), path),
                fields);
    }

    private Call start(HttpRequest head, String... fields) throws Exception {
        Call call = new Call(channelFor(protocol));
        head.headers().set("host", host);
        for (int i = 0; i < fields.length; i += 2) {
            head.headers().add(fields[i], fields[i + 1]);
        }
        call.start(head);
        return call;
    }

    /** A whole request without a body; its head is its end. */
    Call whole(String method, String path, String... fields) throws Exception {
        return start(
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), path),
                fields);
    }

    /** A GET. */
    Call get(String path) throws Exception {
        return whole("GET", path);
    }

    private Channel channelFor(Protocol spoken) throws Exception {
        if (spoken == Protocol.HTTP1) {
            return connection;
        }
        return new Http2StreamChannelBootstrap(connection)
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel stream) {
                                stream.pipeline()
                                        .addLast(new Http2StreamFrameToHttpObjectCodec(false));
                            }
                        })
                .open()
                .sync()
                .getNow();
    }

    /** Asks for the tunnel, then begins TLS in it. */
    private final class Opening extends SimpleChannelInboundHandler<ByteBuf> {
        private final SslContext tls;
        private final CompletableFuture<Channel> ready;
        private final StringBuilder answer = new StringBuilder();

        Opening(SslContext tls, CompletableFuture<Channel> ready) {
            this.tls = tls;
            this.ready = ready;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            String authority = host + ":443";
            context.writeAndFlush(
                    Protocol.bytes(
                            "CONNECT "
                                    + authority
                                    + " HTTP/1.1\r\nHost: "
                                    + authority
                                    + "\r\n\r\n"));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            answer.append(bytes.toString(StandardCharsets.ISO_8859_1));
            if (answer.indexOf("\r\n\r\n") < 0) {
                return;
            }
            if (!answer.toString().startsWith("HTTP/1.1 200")) {
                ready.completeExceptionally(new IOException(answer.toString()));
                return;
            }
            SslHandler handler = tls.newHandler(context.alloc(), host, 443);
            handler.handshakeFuture()
                    .addListener(
                            done -> {
                                if (done.isSuccess()) {
                                    ready.complete(context.channel());
                                } else {
                                    ready.completeExceptionally(done.cause());
                                }
                            });
            context.pipeline().addLast(handler);
            context.pipeline().addLast(codec());
            context.pipeline().remove(this);
        }

        private ChannelHandler[] codec() {
            return switch (protocol) {
                case HTTP1 -> new ChannelHandler[] {new HttpClientCodec()};
                case HTTP2 ->
                        new ChannelHandler[] {
                            Http2FrameCodecBuilder.forClient().build(),
                            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter())
                        };
            };
        }
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
