package dev.unifiedproxy.transport;

import io.netty.channel.EventLoop;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Time limits of connections, looked at twice a second on each connection's own event loop.
 *
 * <p>One timer a loop instead of one a request: a limit is then a comparison, and costs a request
 * nothing. So limits are exact to half a second.
 */
public final class Deadlines {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);
    private static final long PERIOD_MILLIS = 500;

    /** Something with time limits. */
    public interface Watched {
        /**
         * Compares its limits with the time.
         *
         * @param now nanoseconds of the ticker
         */
        void check(long now);
    }

    private final LongSupplier ticker;
    private final Map<EventLoop, Set<Watched>> loops = new ConcurrentHashMap<>();

    /** Limits measured with this ticker, in nanoseconds from any origin. */
    public Deadlines(LongSupplier ticker) {
        this.ticker = ticker;
    }

    /** The time, in nanoseconds from the ticker's origin. */
    public long now() {
        return ticker.getAsLong();
    }

    /** Starts watching; called on the loop. */
    public void watch(EventLoop loop, Watched watched) {
        of(loop).add(watched);
    }

    /** Ends watching; called on the loop. */
    public void forget(EventLoop loop, Watched watched) {
        of(loop).remove(watched);
    }

    private Set<Watched> of(EventLoop loop) {
        Set<Watched> known = loops.get(loop);
        return known != null ? known : loops.computeIfAbsent(loop, this::start);
    }

    private Set<Watched> start(EventLoop loop) {
        Set<Watched> watched = Collections.newSetFromMap(new IdentityHashMap<>());
        loop.scheduleAtFixedRate(
                () -> checkAll(watched), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        return watched;
    }

    /** A copy, because a check may close a connection and so change the set. */
    private void checkAll(Set<Watched> watched) {
        long now = ticker.getAsLong();
        List<Watched> all = new ArrayList<>(watched);
        for (Watched one : all) {
            try {
                one.check(now);
            } catch (RuntimeException e) {
                // A timer that throws is never run again, and nothing would have a limit any more.
                LOG.error("A defect in a time limit", e);
            }
        }
    }
}
