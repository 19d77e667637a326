package dev.unifiedproxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Several addresses of one destination, tried so that a dead one costs little: Happy Eyeballs, <a
 * href="https://datatracker.ietf.org/doc/html/rfc8305">RFC 8305</a>. The first TCP connection wins
 * and the others are given up.
 *
 * <p>Of that RFC, section 3 does not apply: no attempt begins before all answers are there, because
 * the address guard judges them together. Lives on one event loop; the caller bounds the whole by
 * cancelling it.
 */
final class AddressRace {
    /** "Connection Attempt Delay", the value that RFC 8305 section 8 recommends. */
    static final long ATTEMPT_DELAY_MILLIS = 250;

    /** Begins a connection; cancelling it closes it. */
    interface Connector {
        Future<Channel> connect(InetSocketAddress address);
    }

    private final EventLoop loop;
    private final Connector connector;
    private final Iterator<InetSocketAddress> untried;
    private final List<Future<Channel>> running = new ArrayList<>(2);
    private final Promise<Channel> result;

    private Optional<Future<?>> timer = Optional.empty();

    AddressRace(EventLoop loop, Connector connector, List<InetSocketAddress> addresses) {
        this.loop = loop;
        this.connector = connector;
        this.untried = interleaved(addresses).iterator();
        this.result = loop.newPromise();
    }

    /**
     * Families in turn, beginning with that of the first address; within a family the order stays
     * (RFC 8305 section 4, with a First Address Family Count of 1).
     */
    static List<InetSocketAddress> interleaved(List<InetSocketAddress> addresses) {
        Class<? extends InetAddress> first = addresses.getFirst().getAddress().getClass();
        ArrayDeque<InetSocketAddress> others =
                addresses.stream()
                        .filter(address -> address.getAddress().getClass() != first)
                        .collect(Collectors.toCollection(ArrayDeque::new));
        List<InetSocketAddress> order = new ArrayList<>(addresses.size());
        for (InetSocketAddress address : addresses) {
            if (address.getAddress().getClass() == first) {
                order.add(address);
                if (!others.isEmpty()) {
                    order.add(others.removeFirst());
                }
            }
        }
        order.addAll(others);
        return order;
    }

    /** The winner; or, when every address failed, why the last one did. Cancelling ends it all. */
    Future<Channel> start() {
        result.addListener(done -> over());
        next();
        return result;
    }

    private void over() {
        timer.ifPresent(waiting -> waiting.cancel(false));
        List<Future<Channel>> losers = List.copyOf(running);
        running.clear();
        losers.forEach(loser -> loser.cancel(false));
    }

    /** RFC 8305 section 5: the next attempt begins after the delay, or when one has failed. */
    private void next() {
        timer.ifPresent(waiting -> waiting.cancel(false));
        timer = Optional.empty();
        if (result.isDone()) {
            return;
        }
        Future<Channel> attempt = connector.connect(untried.next());
        running.add(attempt);
        if (untried.hasNext()) {
            timer =
                    Optional.of(
                            loop.schedule(this::next, ATTEMPT_DELAY_MILLIS, TimeUnit.MILLISECONDS));
        }
        attempt.addListener((Future<Channel> ended) -> ended(attempt));
    }

    private void ended(Future<Channel> attempt) {
        running.remove(attempt);
        if (attempt.isSuccess()) {
            if (!result.trySuccess(attempt.getNow())) {
                attempt.getNow().close();
            }
        } else if (!result.isDone()) {
            if (untried.hasNext()) {
                next();
            } else if (running.isEmpty()) {
                result.tryFailure(attempt.cause());
            }
        }
    }
}
