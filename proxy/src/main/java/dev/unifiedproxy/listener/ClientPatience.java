package dev.unifiedproxy.listener;

import java.time.Duration;

/**
 * How long a client has kept one connection waiting. Times are nanoseconds of one ticker.
 *
 * <p>A head is measured from its first byte, so that a client which sends a byte now and then gains
 * nothing; everything else from the last progress.
 */
final class ClientPatience {
    /**
     * How long the next piece of a body that nobody wants is waited for, so that the client sees
     * the answer; all of it has the time of a head.
     */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final EdgeLimits limits;
    private long answeredAt;
    private long lastProgress;
    private boolean headDue = true;
    private long headSince;

    /** A connection that was opened now owes its first head. */
    ClientPatience(EdgeLimits limits, long now) {
        this.limits = limits;
        this.lastProgress = now;
        this.headSince = now;
    }

    /** Bytes came or went; says whether a head has begun to arrive. */
    void progress(long now, boolean headBegun) {
        lastProgress = now;
        if (headBegun && !headDue) {
            headDue = true;
            headSince = now;
        }
    }

    /** A head is complete. */
    void headArrived() {
        headDue = false;
    }

    /** The client has its answer; what it still sends of its request is read away. */
    void answered(long now) {
        answeredAt = now;
    }

    boolean headOverdue(long now) {
        return headDue && now - headSince > limits.head().toNanos();
    }

    boolean idleTooLong(long now) {
        return now - lastProgress > limits.idle().toNanos();
    }

    boolean lingeredTooLong(long now) {
        return now - lastProgress > LINGER.toNanos() || now - answeredAt > limits.head().toNanos();
    }
}
