package dev.unifiedproxy.upstream;

import dev.unifiedproxy.credential.OutboundRequest;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import javax.net.ssl.SSLException;

/**
 * New connections: checked addresses (of the server, or of the operator's own proxy, which is then
 * asked for a tunnel), then TCP to whichever answers first, then TLS that is verified against the
 * authority's own name. All of it after the resolving has one limit together.
 */
final class Dialer {
    private final GuardedResolver resolver;
    private final UpstreamTls tls;
    private final TcpConnector connector;
    private final UpstreamLimits limits;
    private final Optional<UpstreamProxy> proxy;

    Dialer(
            GuardedResolver resolver,
            UpstreamTls tls,
            TcpConnector connector,
            UpstreamLimits limits,
            Optional<UpstreamProxy> proxy) {
        this.resolver = resolver;
        this.tls = tls;
        this.connector = connector;
        this.limits = limits;
        this.proxy = proxy;
    }

    /**
     * A new connection for what this request needs. It fails with {@link RefusedException} only;
     * cancelling it closes whatever is under way.
     */
    Future<UpstreamChannel> dial(OutboundRequest request, EventLoop loop) {
        return dial(
                new Goal(
                        request.authority(),
                        request.authorized().decision().addressNamed(),
                        request.secure(),
                        request.opensWebSocket()),
                loop);
    }

    /** The same for bytes that nobody reads here: no TLS of ours, and no rule named an address. */
    Future<UpstreamChannel> dialUnread(Authority authority, EventLoop loop) {
        return dial(new Goal(authority, false, false, false), loop);
    }

    private Future<UpstreamChannel> dial(Goal goal, EventLoop loop) {
        Attempt attempt = new Attempt(goal, loop);
        attempt.start();
        return attempt.result;
    }

    /** What a dial is for. */
    private record Goal(
            Authority authority, boolean addressNamed, boolean secure, boolean opensWebSocket) {}

    /** Through which proxy, and what it is asked to connect to. */
    private record Tunnel(UpstreamProxy via, Authority target) {}

    /** One dial under way, on one event loop. */
    private final class Attempt {
        private final Goal goal;
        private final EventLoop loop;
        private final Promise<UpstreamChannel> result;
        private Optional<Tunnel> tunnel = Optional.empty();
        private boolean reached;

        Attempt(Goal goal, EventLoop loop) {
            this.goal = goal;
            this.loop = loop;
            this.result = loop.newPromise();
        }

        void start() {
            Authority authority = goal.authority();
            boolean addressNamed = goal.addressNamed();
            Optional<UpstreamProxy> via = proxy.filter(p -> p.leadsTo(authority.host()));
            if (via.isPresent()) {
                resolver.judge(authority, addressNamed, loop)
                        .addListener((Future<Authority> judged) -> judged(via.get(), judged));
            } else {
                resolver.resolve(authority, addressNamed, loop)
                        .addListener(
                                (Future<List<InetSocketAddress>> addresses) -> resolved(addresses));
            }
        }

        private void judged(UpstreamProxy via, Future<Authority> target) {
            if (target.isSuccess()) {
                tunnel = Optional.of(new Tunnel(via, target.getNow()));
                resolver.resolveOperators(via.authority(), loop)
                        .addListener(
                                (Future<List<InetSocketAddress>> addresses) -> resolved(addresses));
            } else {
                fail(target.cause());
            }
        }

        private void resolved(Future<List<InetSocketAddress>> addresses) {
            if (!addresses.isSuccess()) {
                fail(addresses.cause());
            } else if (!result.isDone()) {
                race(addresses.getNow());
            }
        }

        private void race(List<InetSocketAddress> addresses) {
            Future<?> limit =
                    loop.schedule(
                            this::tooLate, limits.connect().toMillis(), TimeUnit.MILLISECONDS);
            Future<Channel> race =
                    new AddressRace(loop, address -> connector.connect(address, loop), addresses)
                            .start();
            result.addListener(
                    done -> {
                        limit.cancel(false);
                        race.cancel(false);
                    });
            race.addListener((Future<Channel> raced) -> next(raced, this::reached));
        }

        private void tooLate() {
            String what = reached && tunnel.isEmpty() ? "No TLS with " : "No connection to ";
            fail(
                    new RefusedException(
                            ErrorCode.CONNECT_TIMEOUT, what + goal.authority() + " in time"));
        }

        private void reached(Channel channel) {
            reached = true;
            result.addListener(
                    done -> {
                        if (!done.isSuccess()) {
                            channel.close();
                        }
                    });
            if (tunnel.isPresent() && !result.isDone()) {
                ProxyTunnel.open(channel, tunnel.get().target(), tunnel.get().via())
                        .addListener((Future<Channel> opened) -> next(opened, this::open));
            } else {
                open(channel);
            }
        }

        private void next(Future<Channel> step, Consumer<Channel> then) {
            if (step.isSuccess()) {
                then.accept(step.getNow());
            } else {
                fail(step.cause());
            }
        }

        /** Bytes flow to the destination. */
        private void open(Channel channel) {
            if (goal.secure() && !result.isDone()) {
                secure(channel);
            } else {
                succeed(channel);
            }
        }

        private void secure(Channel channel) {
            SslHandler handler =
                    tls.newHandler(channel.alloc(), goal.authority(), goal.opensWebSocket());
            handler.setHandshakeTimeoutMillis(0); // the dial has a limit of its own
            handler.handshakeFuture()
                    .addListener((Future<Channel> handshake) -> next(handshake, this::succeed));
            channel.pipeline().addLast(handler);
        }

        private void succeed(Channel channel) {
            InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
            if (remote == null) {
                fail(new ClosedChannelException());
                return;
            }
            result.trySuccess(new UpstreamChannel(channel, IpAddress.of(remote.getAddress())));
        }

        private void fail(Throwable cause) {
            result.tryFailure(refused(cause));
        }

        private RefusedException refused(Throwable cause) {
            return switch (cause) {
                case RefusedException refused -> refused;
                case SSLException broken ->
                        new RefusedException(
                                ErrorCode.TLS_FAILED,
                                "The TLS connection to "
                                        + goal.authority()
                                        + " could not be verified");
                default ->
                        new RefusedException(
                                ErrorCode.CONNECT_FAILED,
                                "No connection to "
                                        + tunnel.map(t -> "the upstream proxy")
                                                .orElse(goal.authority().toString())
                                        + " could be made");
            };
        }
    }
}
