package dev.unifiedproxy.control;

import dev.unifiedproxy.limit.KeyedLimiter;
import dev.unifiedproxy.transport.Transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.GlobalEventExecutor;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The control API on its unix socket, which only the socket file's owner can open.
 *
 * <p>HTTP/1.1 with keep-alive; a request must be complete within 10 s; head, body and the number of
 * connections are bounded.
 */
public final class ControlServer implements AutoCloseable {
    /** The largest body of a request: 1 MiB. */
    public static final int MAX_BODY_BYTES = 1 << 20;

    private static final int MAX_USERS = 1024;
    private static final Duration USER_IDLE = Duration.ofMinutes(5);
    private static final int MAX_LINE = 4096;
    private static final int MAX_HEAD = 16_384;
    private static final int MAX_CHUNK = 8192;
    private static final int BACKLOG = 128;
    private static final int MAX_CONNECTIONS = 256;
    private static final long STOP_MILLIS = 5000;
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    private final SocketFile file;
    private final ControlRoutes routes;
    private final KeyedLimiter<String> limiter;
    private final long timeoutMillis;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();

    private ControlServer(
            SocketFile file,
            ControlRoutes routes,
            KeyedLimiter<String> limiter,
            Duration requestTimeout) {
        this.file = file;
        this.routes = routes;
        this.limiter = limiter;
        this.timeoutMillis = requestTimeout.toMillis();
    }

    /**
     * What one user may do.
     *
     * @param requests how many at once, and how many more in each window; at least 1
     * @param window the time in which they come back, evenly
     */
    public static KeyedLimiter.Settings limit(int requests, Duration window) {
        Duration idle = window.compareTo(USER_IDLE) > 0 ? window : USER_IDLE;
        return new KeyedLimiter.Settings(requests, requests, window, idle, MAX_USERS);
    }

    /**
     * Binds the socket and serves. A stale socket file is replaced.
     *
     * @param socket where; its directories are created
     * @param routes what is answered
     * @param limiter how much one user may ask, by a text that stands for the user; see {@link
     *     #limit}
     * @param group the event loops, which stay the caller's to end, after {@link #close}
     * @param transport which transport they belong to
     * @throws IOException when the socket cannot be bound, or another process answers on it
     */
    public static ControlServer start(
            Path socket,
            ControlRoutes routes,
            KeyedLimiter<String> limiter,
            EventLoopGroup group,
            Transport transport)
            throws IOException {
        return start(
                new ControlServer(SocketFile.prepare(socket), routes, limiter, REQUEST_TIMEOUT),
                group,
                transport);
    }

    static ControlServer start(
            Path socket,
            ControlRoutes routes,
            KeyedLimiter<String> limiter,
            EventLoopGroup group,
            Transport transport,
            Duration requestTimeout)
            throws IOException {
        return start(
                new ControlServer(SocketFile.prepare(socket), routes, limiter, requestTimeout),
                group,
                transport);
    }

    private static ControlServer start(
            ControlServer server, EventLoopGroup group, Transport transport) throws IOException {
        try {
            server.bind(group, transport);
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    private void bind(EventLoopGroup group, Transport transport) throws IOException {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(group)
                        .channel(channelType(transport))
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        connections.add(channel);
                                    }
                                })
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        accept(channel);
                                    }
                                });
        try {
            bootstrap.bind(address(transport)).syncUninterruptibly();
        } catch (Exception e) {
            // Netty throws what went wrong as it is, checked or not.
            throw new IOException(
                    "Control socket " + file.path() + " cannot be bound: " + e.getMessage(), e);
        }
        file.publish();
    }

    private static Class<? extends ServerChannel> channelType(Transport transport) {
        return switch (transport) {
            case EPOLL -> EpollServerDomainSocketChannel.class;
            case NIO -> NioServerDomainSocketChannel.class;
        };
    }

    private SocketAddress address(Transport transport) {
        return switch (transport) {
            case EPOLL -> new DomainSocketAddress(file.bindPath().toFile());
            case NIO -> UnixDomainSocketAddress.of(file.bindPath());
        };
    }

    private void accept(Channel channel) {
        // The listening channel is one of them.
        if (connections.size() > MAX_CONNECTIONS) {
            channel.close();
            return;
        }
        connections.add(channel);
        RequestDeadline deadline = new RequestDeadline(timeoutMillis);
        HttpDecoderConfig strict =
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(MAX_LINE)
                        .setMaxHeaderSize(MAX_HEAD)
                        .setMaxChunkSize(MAX_CHUNK)
                        .setAllowDuplicateContentLengths(false)
                        .setStrictLineParsing(true)
                        .setUseRfc9112TransferEncoding(true);
        channel.pipeline()
                .addLast(deadline)
                .addLast(new HttpServerCodec(strict))
                .addLast(new BodyCollector(MAX_BODY_BYTES))
                .addLast(new ControlConnection(routes, limiter, handlers, deadline));
    }

    /** Where it serves. */
    public Path socket() {
        return file.path();
    }

    /**
     * Stops accepting, lets requests that are being answered finish for up to 5 s, and removes the
     * socket file.
     */
    @Override
    public void close() {
        connections
                .close(channel -> channel instanceof ServerChannel)
                .awaitUninterruptibly(STOP_MILLIS);
        for (Channel channel : connections) {
            ChannelHandlerContext ctx = channel.pipeline().context(ControlConnection.class);
            if (ctx != null) {
                ctx.executor().execute(() -> ((ControlConnection) ctx.handler()).stop(ctx));
            }
        }
        connections.newCloseFuture().awaitUninterruptibly(STOP_MILLIS);
        connections.close().awaitUninterruptibly(STOP_MILLIS);
        handlers.shutdown();
        file.remove();
    }
}
