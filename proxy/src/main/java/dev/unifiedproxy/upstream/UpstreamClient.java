package dev.unifiedproxy.upstream;

import dev.unifiedproxy.credential.OutboundRequest;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.policy.PassThroughPermit;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.HeldBody;
import dev.unifiedproxy.transport.Http1ResponseDecoder;
import dev.unifiedproxy.transport.Transport;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Sends what policy allowed and a credential was put on; it accepts nothing else.
 *
 * <p>A connection lives on the event loop of the exchange that opened it and serves only exchanges
 * of that loop. Its TLS is verified against the authority's own name before a byte of a request is
 * written.
 */
public final class UpstreamClient {
    private final Dialer dialer;
    private final Deadlines deadlines;
    private final UpstreamLimits limits;
    private final UpstreamSlots slots;
    private final Map<EventLoop, LoopConnections> loops = new ConcurrentHashMap<>();

    /**
     * A client.
     *
     * @param tls verifies servers
     * @param proxy through which servers are reached
     */
    public UpstreamClient(
            GuardedResolver resolver,
            UpstreamTls tls,
            Transport transport,
            Deadlines deadlines,
            UpstreamLimits limits,
            Optional<UpstreamProxy> proxy) {
        this.slots = new UpstreamSlots(limits.connections(), new IdleOfAll());
        this.dialer = new Dialer(resolver, tls, new TcpConnector(transport, slots), limits, proxy);
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

    /** As above, for a request whose whole body is there already; takes ownership of it. */
    public void send(
            OutboundRequest request,
            HeldBody body,
            Downstream downstream,
            ExchangeObserver observer) {
        UpstreamExchange exchange = new UpstreamExchange(request, downstream, observer, this);
        downstream.attach(exchange);
        body.replay(exchange);
        route(exchange);
    }

    /**
     * Connects a client to a server without reading what they say: no credential goes with it, and
     * whom the client speaks to is for the client to verify.
     */
    public void passThrough(
            PassThroughPermit permit, Downstream client, ExchangeObserver observer) {
        PassThrough tunnel = new PassThrough(permit.authority(), client, observer);
        client.attach(tunnel);
        client.pauseBody();
        new PassThroughDialer(dialer).connect(tunnel);
    }

    /** Over a connection that is there, or else a new one. */
    void route(UpstreamExchange exchange) {
        if (!useOpen(exchange)) {
            connect(exchange);
        }
    }

    private boolean useOpen(UpstreamExchange exchange) {
        PoolKey key = key(exchange.request());
        Optional<Http2Connection> shared = table(exchange).find(key);
        if (shared.isPresent()) {
            exchange.connected(shared.get().newStream());
            return true;
        }
        Optional<UpstreamConnection> pooled = takePooled(exchange, key);
        pooled.ifPresent(exchange::connected);
        return pooled.isPresent();
    }

    private Http2Table table(UpstreamExchange exchange) {
        return connections(exchange.downstream().eventLoop()).table();
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
        return connections(loop).pool();
    }

    private LoopConnections connections(EventLoop loop) {
        LoopConnections known = loops.get(loop);
        return known != null ? known : loops.computeIfAbsent(loop, l -> new LoopConnections());
    }

    /** How many sockets to servers there are, those that are being dialled included. */
    public int open() {
        return slots.taken();
    }

    private final class IdleOfAll implements UpstreamSlots.Idle {
        @Override
        public Collection<EventLoop> loops() {
            return loops.keySet();
        }

        @Override
        public Optional<Future<Void>> closeOne(EventLoop loop) {
            return connections(loop).closeIdle();
        }
    }

    private static PoolKey key(OutboundRequest request) {
        return new PoolKey(
                request.authority(),
                request.secure(),
                request.credentialId(),
                request.opensWebSocket());
    }

    /**
     * Opens a new connection for an exchange when it is its container's turn, or waits for the one
     * that is being dialled where it may turn out to speak HTTP/2.
     */
    void connect(UpstreamExchange exchange) {
        EventLoop loop = exchange.downstream().eventLoop();
        Future<?> limit =
                loop.schedule(
                        () -> exchange.fail(noTurn(exchange)),
                        limits.connect().toMillis(),
                        TimeUnit.MILLISECONDS);
        DialTurns turns = connections(loop).turns();
        Runnable giveUp =
                turns.take(
                        containerId(exchange),
                        () -> {
                            limit.cancel(false);
                            return inTurn(exchange, turns);
                        });
        if (!limit.isDone()) {
            exchange.whenOver(
                    () -> {
                        limit.cancel(false);
                        giveUp.run();
                    });
        }
    }

    /** Dials, unless there is something to use meanwhile; says whether it does. */
    private boolean inTurn(UpstreamExchange exchange, DialTurns turns) {
        PoolKey key = key(exchange.request());
        Optional<Dial> underWay = table(exchange).dialling(key);
        if (underWay.isPresent()) {
            underWay.get().join(exchange);
            return false;
        }
        if (!exchange.retried() && useOpen(exchange)) {
            return false;
        }
        dial(key, List.of(exchange), () -> turns.over(containerId(exchange)));
        return true;
    }

    private static String containerId(UpstreamExchange exchange) {
        return exchange.request().containerId();
    }

    private static Refusal noTurn(UpstreamExchange exchange) {
        return Refusal.of(
                ErrorCode.CONNECT_TIMEOUT,
                "Container "
                        + containerId(exchange)
                        + " has too many connections under way to servers");
    }

    private void dial(PoolKey key, List<UpstreamExchange> exchanges, Runnable whenOver) {
        UpstreamExchange first = exchanges.getFirst();
        Http2Table table = table(first);
        Dial dial = new Dial(key, exchanges);
        table.began(dial);
        Future<UpstreamChannel> channel =
                dialer.dial(first.request(), first.downstream().eventLoop());
        dial.waitsFor(channel);
        channel.addListener(
                (Future<UpstreamChannel> dialled) -> {
                    table.ended(dial);
                    if (dialled.isSuccess()) {
                        ready(dial, table, dialled.getNow());
                    } else if (dialled.cause() instanceof RefusedException refused) {
                        failed(dial, refused.refusal());
                    }
                    whenOver.run();
                });
    }

    /** Those who joined go first: an exchange that fails may be followed by another at once. */
    private void failed(Dial dial, Refusal reason) {
        List<UpstreamExchange> joined = dial.joined();
        if (!joined.isEmpty()) {
            dial(dial.key(), joined, () -> {}); // one for all of them, so nobody has to wait
        }
        dial.founders().forEach(founder -> founder.fail(reason));
    }

    /** Whoever waited longest gets the connection; the others share it or find their own. */
    private void ready(Dial dial, Http2Table table, UpstreamChannel upstream) {
        List<UpstreamExchange> waiting = new ArrayList<>(dial.founders());
        waiting.addAll(dial.joined());
        UpstreamExchange first = waiting.removeFirst();
        if (upstream.http2()) {
            Http2Connection connection =
                    new Http2Connection(dial.key(), upstream.address(), table, deadlines, limits);
            connection.attach(upstream.channel());
            table.add(connection);
            first.connected(connection.newStream());
        } else {
            if (dial.key().secure() && !dial.key().webSocket()) {
                table.speaksHttp1(dial.key());
            }
            first.connected(http1(upstream, dial.key()));
        }
        waiting.stream().filter(exchange -> !exchange.isOver()).forEach(this::route);
    }

    private UpstreamConnection http1(UpstreamChannel upstream, PoolKey key) {
        Channel channel = upstream.channel();
        Http1ResponseDecoder decoder = new Http1ResponseDecoder();
        UpstreamConnection connection =
                new UpstreamConnection(
                        key,
                        upstream.address(),
                        pool(channel.eventLoop()),
                        decoder,
                        deadlines,
                        limits);
        channel.pipeline().addLast(decoder, connection);
        return connection;
    }
}
