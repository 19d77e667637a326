package dev.unifiedproxy.policy;

import java.time.Duration;
import java.util.Optional;

/** What a rule does with the requests that it is about. */
public sealed interface RuleAction {
    /**
     * Lets them pass; the first rule that allows or denies decides.
     *
     * @param idleTimeout the longest silence of a response or a WebSocket, where it is not the
     *     usual
     */
    record Allow(Optional<Duration> idleTimeout) implements RuleAction {}

    /**
     * Refuses them.
     *
     * @param reason what the client is told; empty for the usual sentence
     */
    record Deny(String reason) implements RuleAction {}

    /**
     * Lets each container ask so often and no more; other rules decide whether it may at all.
     *
     * @param requests how many at once, and how many come back in each period; at least 1
     * @param period the time in which they do
     */
    record RateLimit(int requests, Duration period) implements RuleAction {
        /** Checks the bounds. */
        public RateLimit {
            if (requests < 1 || period.isNegative() || period.isZero()) {
                throw new IllegalArgumentException(
                        "rate: " + requests + " in " + period + " (expected: both more than 0)");
            }
        }
    }

    /** Has what they say looked at; other rules decide whether they may pass at all. */
    record Inspect(BodyCheck check) implements RuleAction {}
}
