package dev.unifiedproxy.upstream;

import io.netty.util.concurrent.Future;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One dial and the exchanges that wait for it. Each dial is an object of its own, so that the end
 * of one never concerns those who wait for another with the same key.
 *
 * <p>Its failure is final for those who were there when it began. Whoever joined later has not yet
 * had the time that a dial is given, and gets one more, shared by all of them. It is given up when
 * nobody waits any more.
 */
final class Dial {
    private final PoolKey key;
    private final List<UpstreamExchange> founders;
    private final List<UpstreamExchange> joined = new ArrayList<>(0);

    private Optional<Future<UpstreamChannel>> channel = Optional.empty();

    Dial(PoolKey key, List<UpstreamExchange> founders) {
        this.key = key;
        this.founders = new ArrayList<>(founders);
        founders.forEach(this::watch);
    }

    PoolKey key() {
        return key;
    }

    void join(UpstreamExchange exchange) {
        joined.add(exchange);
        watch(exchange);
    }

    private void watch(UpstreamExchange exchange) {
        exchange.whenOver(() -> leave(exchange));
    }

    /** What to cancel when nobody waits. */
    void waitsFor(Future<UpstreamChannel> dialled) {
        channel = Optional.of(dialled);
    }

    private void leave(UpstreamExchange exchange) {
        founders.remove(exchange);
        joined.remove(exchange);
        if (founders.isEmpty() && joined.isEmpty()) {
            channel.ifPresent(dialled -> dialled.cancel(false));
        }
    }

    /** Who was there when it began and still waits. */
    List<UpstreamExchange> founders() {
        return List.copyOf(founders);
    }

    /** Who came while it was under way and still waits. */
    List<UpstreamExchange> joined() {
        return List.copyOf(joined);
    }
}
