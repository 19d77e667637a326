package dev.unifiedproxy.scenario;

import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;

import dev.unifiedproxy.transport.Transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;

/**
 * A server that speaks one protocol and does the same in both; the path says what: {@code
 * /status/N}, {@code /hints}, {@code /early}, {@code /sse}, {@code /hang}, {@code /cut}, {@code
 * /big/N}, {@code /slow}, {@code /again}. Every other path sends back what comes.
 */
final class ScriptedServer implements AutoCloseable {
    private final Protocol protocol;
    private final EventLoopGroup loops = Transport.NIO.newGroup(1);
    private final List<Visit> visits = new CopyOnWriteArrayList<>();
    private final InetAddress address;

    ScriptedServer(Protocol protocol) throws UnknownHostException {
        this.protocol = protocol;
        ThreadLocalRandom random = ThreadLocalRandom.current();
        this.address =
                InetAddress.getByAddress(
                        new byte[] {
                            127,
                            (byte) random.nextInt(64, 250),
                            (byte) random.nextInt(250),
                            (byte) random.nextInt(1, 250)
                        });
    }

    String address() {
        return address.getHostAddress();
    }

    void listen(SSLContext certificates) throws Exception {
        JdkSslContext tls =
                new JdkSslContext(
                        certificates,
                        false,
                        null,
                        IdentityCipherSuiteFilter.INSTANCE,
                        protocol.alpn(),
                        ClientAuth.NONE,
                        null,
                        false);
        new ServerBootstrap()
                .group(loops)
                .channel(Transport.NIO.serverChannel())
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                                speak(channel);
                            }
                        })
                .bind(new InetSocketAddress(address, 443))
                .sync();
    }

    private void speak(Channel channel) {
        if (protocol == Protocol.HTTP1) {
            channel.pipeline().addLast(new HttpServerCodec(), new Requests(channel));
            return;
        }
        channel.pipeline()
                .addLast(
                        Http2FrameCodecBuilder.forServer().build(),
                        new Http2MultiplexHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel stream) {
                                        stream.pipeline()
                                                .addLast(
                                                        new Http2StreamFrameToHttpObjectCodec(true),
                                                        new Requests(stream));
                                    }
                                }));
    }

    /** Requests since {@link #forget}. */
    List<Visit> visits() {
        return visits;
    }

    void forget() {
        visits.clear();
    }

    /** One request and what became of it. */
    static final class Visit {
        final HttpRequest head;
        final Channel channel;
        private final Protocol.Side side;
        private long bodyBytes; // of its loop
        volatile boolean complete;
        volatile boolean gone;
        volatile List<String> trailers = List.of();

        private Visit(HttpRequest head, Channel channel, Protocol.Side side) {
            this.head = head;
            this.channel = channel;
            this.side = side;
        }

        long sent() {
            return side.sent();
        }

        void send(String text) {
            channel.writeAndFlush(new DefaultHttpContent(Protocol.bytes(text)));
        }

        void end() {
            channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        }

        void takeTheRest() {
            channel.config().setAutoRead(true);
        }
    }

    private final class Requests extends Protocol.Side {
        private Visit visit;

        Requests(Channel channel) {
            visit = new Visit(new DefaultHttpRequest(HTTP_1_1, HttpMethod.GET, "/"), channel, this);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
            if (message instanceof HttpRequest request) {
                visit = new Visit(request, context.channel(), this);
                visits.add(visit);
                begin(request);
            }
            if (message instanceof HttpContent content) {
                visit.bodyBytes += content.content().readableBytes();
                if (echoes() && content.content().isReadable()) {
                    visit.channel.writeAndFlush(new DefaultHttpContent(content.content().retain()));
                }
            }
            if (message instanceof LastHttpContent last) {
                visit.complete = true;
                visit.trailers =
                        last.trailingHeaders().entries().stream()
                                .map(field -> field.getKey() + ": " + field.getValue())
                                .toList();
                ended(last);
            }
        }

        private String[] path() {
            return visit.head.uri().split("/", -1);
        }

        private boolean echoes() {
            return switch (path()[1]) {
                case "status", "hints", "early", "sse", "hang", "cut", "big", "slow", "again" ->
                        false;
                default -> true;
            };
        }

        private void begin(HttpRequest request) {
            if (HttpUtil.is100ContinueExpected(request)) {
                informational(HttpResponseStatus.CONTINUE);
            }
            switch (path()[1]) {
                case "early" -> whole(413, "too much");
                case "hints" -> informational(HttpResponseStatus.EARLY_HINTS);
                case "sse" -> {
                    visit.channel.write(streamed());
                    visit.send("data: first\n\n");
                }
                case "cut" -> {
                    visit.channel.write(streamed());
                    visit.channel
                            .writeAndFlush(new DefaultHttpContent(Protocol.bytes("half")))
                            .addListener(
                                    sent -> breakOff(visit.channel, Http2Error.INTERNAL_ERROR));
                }
                case "big" -> {
                    HttpResponse head = new DefaultHttpResponse(HTTP_1_1, HttpResponseStatus.OK);
                    HttpUtil.setContentLength(head, Long.parseLong(path()[2]));
                    visit.channel.writeAndFlush(head);
                    pump(visit.channel, Long.parseLong(path()[2]));
                }
                case "slow" -> visit.channel.config().setAutoRead(false);
                case "again" -> again();
                case "status", "hang" -> {}
                default -> visit.channel.writeAndFlush(echoed(request));
            }
        }

        private void ended(LastHttpContent last) {
            if (echoes()) {
                DefaultLastHttpContent end = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
                end.trailingHeaders().add(last.trailingHeaders());
                visit.channel.writeAndFlush(end);
                return;
            }
            switch (path()[1]) {
                case "status" -> whole(Integer.parseInt(path()[2]), "status");
                case "hints" -> whole(200, "after hints");
                case "slow" -> whole(200, Long.toString(visit.bodyBytes));
                default -> {}
            }
        }

        private HttpResponse streamed() {
            HttpResponse head = new DefaultHttpResponse(HTTP_1_1, HttpResponseStatus.OK);
            HttpUtil.setTransferEncodingChunked(head, true);
            return head;
        }

        /** As long as the request, where that says how long it is. */
        private HttpResponse echoed(HttpRequest request) {
            if (!HttpUtil.isContentLengthSet(request)) {
                return streamed();
            }
            HttpResponse head = new DefaultHttpResponse(HTTP_1_1, HttpResponseStatus.OK);
            HttpUtil.setContentLength(head, HttpUtil.getContentLength(request));
            return head;
        }

        private void informational(HttpResponseStatus status) {
            visit.channel.writeAndFlush(
                    new DefaultFullHttpResponse(HTTP_1_1, status, Unpooled.EMPTY_BUFFER));
        }

        private void whole(int status, String text) {
            boolean bodiless =
                    status == 204 || status == 304 || visit.head.method().equals(HttpMethod.HEAD);
            DefaultFullHttpResponse response =
                    new DefaultFullHttpResponse(
                            HTTP_1_1,
                            HttpResponseStatus.valueOf(status),
                            bodiless ? Unpooled.EMPTY_BUFFER : Protocol.bytes(text));
            if (status != 204 && status != 304) {
                HttpUtil.setContentLength(response, text.length());
            }
            visit.channel.writeAndFlush(response);
        }

        /**
         * The first time it is not looked at: the connection ends before a byte, or GOAWAY says so.
         */
        private void again() {
            long earlier = visits.stream().filter(each -> each.head.uri().equals("/again")).count();
            if (earlier > 1) {
                whole(200, "served");
            } else if (protocol == Protocol.HTTP1) {
                visit.channel.close();
            } else {
                goAway(visit.channel.parent());
            }
        }

        /** Names stream 1, which was served, as the last. */
        private static void goAway(Channel connection) {
            connection
                    .pipeline()
                    .context(Http2FrameCodec.class)
                    .writeAndFlush(
                            Unpooled.buffer(17)
                                    .writeMedium(8)
                                    .writeByte(7)
                                    .writeByte(0)
                                    .writeInt(0)
                                    .writeInt(1)
                                    .writeInt(0));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            visit.gone = true;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close(); // the proxy broke off, as some tests want
        }
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
