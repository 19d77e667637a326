package dev.unifiedproxy.limit;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes may be kept in memory, in all and for one container. Safe for use by several
 * threads; never blocks.
 */
public final class ByteBudget {
    private final long bound;
    private final long boundPerContainer;
    private final AtomicLong taken = new AtomicLong();
    private final ConcurrentMap<String, Long> byContainer = new ConcurrentHashMap<>();

    /**
     * A budget of which nothing is taken.
     *
     * @param bound in all, in bytes
     * @param boundPerContainer for one container, in bytes
     */
    public ByteBudget(long bound, long boundPerContainer) {
        if (bound < 1 || boundPerContainer < 1) {
            throw new IllegalArgumentException(
                    "bounds: " + bound + ", " + boundPerContainer + " (expected: > 0)");
        }
        this.bound = bound;
        this.boundPerContainer = boundPerContainer;
    }

    /** Takes so many bytes, or none and says false when they are not left. */
    public boolean take(String containerId, int bytes) {
        if (taken.addAndGet(bytes) > bound) {
            taken.addAndGet(-bytes);
            return false;
        }
        long all = byContainer.merge(containerId, (long) bytes, Long::sum);
        if (all > boundPerContainer) {
            giveBack(containerId, bytes);
            return false;
        }
        return true;
    }

    /** Gives back what was taken. */
    public void giveBack(String containerId, int bytes) {
        taken.addAndGet(-bytes);
        byContainer.computeIfPresent(
                containerId, (id, held) -> held == bytes ? null : Long.valueOf(held - bytes));
    }

    /** How many bytes are taken, in all. */
    public long taken() {
        return taken.get();
    }
}
