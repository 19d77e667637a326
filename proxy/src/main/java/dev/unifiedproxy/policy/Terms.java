package dev.unifiedproxy.policy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Under what a request may pass.
 *
 * @param idleTimeout the longest silence, where a rule says one
 * @param rateLimits how often its container may ask so
 */
record Terms(Optional<Duration> idleTimeout, List<RateLimitRule> rateLimits) {
    /** None. */
    static final Terms NONE = new Terms(Optional.empty(), List.of());
}
