package dev.unifiedproxy.transport;

import java.time.Duration;

/**
 * How many frames one side of an HTTP/2 connection may send that carry nothing: SETTINGS, PING,
 * PRIORITY, WINDOW_UPDATE, unknown ones. Each costs the receiver work and the sender nine bytes (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9113#section-10.5">RFC 9113 section 10.5</a>), so
 * they are bounded; what moves an exchange on earns more of them.
 */
public final class FrameBudget {
    private static final long WINDOW = Duration.ofSeconds(10).toNanos();
    private static final int PER_WINDOW = 400;

    /** Room for two WINDOW_UPDATE for each frame of data and each head that was sent to it. */
    private static final int EARNED = 2;

    private long since;
    private int left = PER_WINDOW;

    /** A full budget. */
    public FrameBudget(long now) {
        this.since = now;
    }

    /** A frame of a message went or came. */
    public void earn() {
        left = Math.min(left + EARNED, 100 * PER_WINDOW);
    }

    /**
     * A frame came that carries nothing.
     *
     * @param now nanoseconds of the connection's ticker
     * @return false when there were too many
     */
    public boolean spend(long now) {
        if (now - since > WINDOW) {
            since = now;
            left = Math.max(left, PER_WINDOW);
        }
        return --left >= 0;
    }
}
