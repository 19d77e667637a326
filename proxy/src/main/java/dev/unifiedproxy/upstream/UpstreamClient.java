package dev.unifiedproxy.upstream;

import dev.unifiedproxy.credential.OutboundRequest;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.Http1ResponseDecoder;
import dev.unifiedproxy.transport.Transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLException;

/**
 * Sends what policy allowed and a credential was put on; it accepts nothing else.
 *
 * <p>A connection lives on the event loop of the exchange that opened it and serves only exchanges
 * of that loop. Its TLS is verified against the authority's own name before a byte of a request is
 * written.
 */
public final class UpstreamClient {
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private final GuardedResolver resolver;
    private final UpstreamTls tls;
    private final Transport transport;
    private final Deadlines deadlines;
    private final UpstreamLimits limits;
    private final Map<EventLoop, ConnectionPool> pools = new ConcurrentHashMap<>();
    private final Map<EventLoop, Http2Table> tables = new ConcurrentHashMap<>();

    /**
     * A client.
     *
     * @param tls verifies servers
     */
    public UpstreamClient(
            GuardedResolver resolver,
            UpstreamTls tls,
            Transport transport,
            Deadlines deadlines,
            UpstreamLimits limits) {
        this.resolver = resolver;
        this.tls = tls;
        this.transport = transport;
        this.deadlines = deadlines;
        this.limits = limits;
    }

    /**
     * Sends a request; the response streams to the downstream, and the observer hears how it ends.
     */
    public void send(OutboundRequest request, Downstream downstream, ExchangeObserver observer) {
        UpstreamExchange exchange = new UpstreamExchange(request, downstream, observer, this);
        downstream.attach(exchange);
        route(exchange);
    }

    /** Over a connection that is there, or else a new one. */
    void route(UpstreamExchange exchange) {
        PoolKey key = key(exchange.request());
        Optional<Http2Connection> shared = table(exchange).find(key);
        if (shared.isPresent()) {
            exchange.connected(shared.get().newStream());
            return;
        }
        Optional<UpstreamConnection> pooled = takePooled(exchange, key);
        if (pooled.isPresent()) {
            exchange.connected(pooled.get());
        } else {
            connect(exchange);
        }
    }

    private Http2Table table(UpstreamExchange exchange) {
        EventLoop loop = exchange.downstream().eventLoop();
        Http2Table known = tables.get(loop);
        return known != null ? known : tables.computeIfAbsent(loop, l -> new Http2Table());
    }

    private Optional<UpstreamConnection> takePooled(UpstreamExchange exchange, PoolKey key) {
        ConnectionPool pool = pool(exchange.downstream().eventLoop());
        Optional<UpstreamConnection> candidate = pool.take(key);
        while (candidate.isPresent() && !candidate.get().isActive()) {
            candidate = pool.take(key);
        }
        return candidate;
    }

    private ConnectionPool pool(EventLoop loop) {
        ConnectionPool known = pools.get(loop);
        return known != null ? known : pools.computeIfAbsent(loop, l -> new ConnectionPool());
    }

    private static PoolKey key(OutboundRequest request) {
        return new PoolKey(
                request.authority(),
                request.secure(),
                request.credentialId(),
                request.opensWebSocket());
    }

    /**
     * Opens a new connection for an exchange, or waits for the one that is being dialled where it
     * may turn out to speak HTTP/2.
     */
    void connect(UpstreamExchange exchange) {
        if (!table(exchange).await(key(exchange.request()), exchange)) {
            resolve(exchange);
        }
    }

    /** The exchange that dialled goes on without a connection; whoever waited dials. */
    private void fail(UpstreamExchange exchange, Refusal reason) {
        List<UpstreamExchange> others = table(exchange).dialled(key(exchange.request()));
        exchange.fail(reason);
        others.forEach(other -> other.fail(reason));
    }

    private void abandon(UpstreamExchange exchange) {
        routeAll(table(exchange).dialled(key(exchange.request())));
    }

    private void routeAll(List<UpstreamExchange> exchanges) {
        for (UpstreamExchange exchange : exchanges) {
            if (!exchange.isOver()) {
                route(exchange);
            }
        }
    }

    private void resolve(UpstreamExchange exchange) {
        EventLoop loop = exchange.downstream().eventLoop();
        OutboundRequest request = exchange.request();
        resolver.resolve(request.authority(), request.authorized().decision().addressNamed(), loop)
                .addListener(
                        (Future<List<InetSocketAddress>> resolved) -> {
                            if (resolved.isSuccess()) {
                                dial(exchange, resolved.getNow(), 0);
                            } else {
                                fail(exchange, refusal(resolved.cause(), request));
                            }
                        });
    }

    /** Tries the checked addresses one after the other; only TCP failures move on to the next. */
    private void dial(UpstreamExchange exchange, List<InetSocketAddress> addresses, int index) {
        if (exchange.isOver()) {
            abandon(exchange);
            return;
        }
        InetSocketAddress address = addresses.get(index);
        OutboundRequest request = exchange.request();
        ConnectionStart start = new ConnectionStart(request, IpAddress.of(address.getAddress()));
        ChannelFuture connecting =
                new Bootstrap()
                        .group(exchange.downstream().eventLoop())
                        .channel(transport.channel())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                (int) limits.connect().toMillis())
                        .handler(start)
                        .connect(address);
        connecting.addListener(
                (ChannelFuture connected) -> {
                    if (connected.isSuccess()) {
                        secured(exchange, start, connected.channel());
                    } else if (index + 1 < addresses.size()) {
                        dial(exchange, addresses, index + 1);
                    } else {
                        fail(exchange, refusal(connected.cause(), request));
                    }
                });
    }

    private void secured(UpstreamExchange exchange, ConnectionStart start, Channel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) {
            ready(exchange, start, channel);
            return;
        }
        handler.handshakeFuture()
                .addListener(
                        (Future<Channel> handshake) -> {
                            if (handshake.isSuccess()) {
                                ready(exchange, start, channel);
                            } else {
                                channel.close();
                                fail(exchange, refusal(handshake.cause(), exchange.request()));
                            }
                        });
    }

    private void ready(UpstreamExchange exchange, ConnectionStart start, Channel channel) {
        if (exchange.isOver()) {
            channel.close();
            abandon(exchange);
            return;
        }
        PoolKey key = key(start.request);
        SslHandler tlsHandler = channel.pipeline().get(SslHandler.class);
        boolean http2 =
                tlsHandler != null
                        && ApplicationProtocolNames.HTTP_2.equals(tlsHandler.applicationProtocol());
        Http2Table table = table(exchange);
        List<UpstreamExchange> others = table.dialled(key);
        if (http2) {
            Http2Connection connection =
                    new Http2Connection(key, start.address, table, deadlines, limits);
            connection.attach(channel);
            table.add(connection);
            exchange.connected(connection.newStream());
        } else {
            if (start.request.secure()) {
                table.speaksHttp1(key);
            }
            exchange.connected(http1(start, channel, key));
        }
        routeAll(others);
    }

    private UpstreamConnection http1(ConnectionStart start, Channel channel, PoolKey key) {
        Http1ResponseDecoder decoder = new Http1ResponseDecoder();
        UpstreamConnection connection =
                new UpstreamConnection(
                        key, start.address, pool(channel.eventLoop()), decoder, deadlines, limits);
        channel.pipeline().addLast(decoder, connection);
        return connection;
    }

    private static Refusal refusal(Throwable cause, OutboundRequest request) {
        return switch (cause) {
            case RefusedException refused -> refused.refusal();
            case SslHandshakeTimeoutException timeout ->
                    Refusal.of(
                            ErrorCode.CONNECT_TIMEOUT,
                            "No TLS with " + request.authority() + " in time");
            case SSLException tls ->
                    Refusal.of(
                            ErrorCode.TLS_FAILED,
                            "The TLS connection to "
                                    + request.authority()
                                    + " could not be verified");
            case ConnectTimeoutException timeout ->
                    Refusal.of(
                            ErrorCode.CONNECT_TIMEOUT,
                            "No connection to " + request.authority() + " in time");
            default ->
                    Refusal.of(
                            ErrorCode.CONNECT_FAILED,
                            "No connection to " + request.authority() + " could be made");
        };
    }

    /** A channel for one destination: TLS first, the HTTP handlers when that is verified. */
    private final class ConnectionStart extends ChannelInitializer<Channel> {
        private final OutboundRequest request;
        private final IpAddress address;

        ConnectionStart(OutboundRequest request, IpAddress address) {
            this.request = request;
            this.address = address;
        }

        @Override
        protected void initChannel(Channel channel) {
            if (request.secure()) {
                SslHandler handler =
                        tls.newHandler(
                                channel.alloc(), request.authority(), request.opensWebSocket());
                handler.setHandshakeTimeoutMillis(limits.connect().toMillis());
                channel.pipeline().addLast(handler);
            }
        }
    }
}
