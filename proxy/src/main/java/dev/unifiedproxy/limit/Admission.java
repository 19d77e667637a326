package dev.unifiedproxy.limit;

import java.time.Duration;

/** What a limiter says. */
public sealed interface Admission {
    /**
     * It may pass.
     *
     * @param remaining the whole tokens that are left
     */
    record Admitted(long remaining) implements Admission {}

    /**
     * It may not pass yet.
     *
     * @param delay until the next token is there, more than zero
     */
    record Exhausted(Duration delay) implements Admission {
        /** The delay as Retry-After says it: whole seconds, never too few, at least 1. */
        public long retryAfterSeconds() {
            return delay.toSeconds() + 1;
        }
    }
}
