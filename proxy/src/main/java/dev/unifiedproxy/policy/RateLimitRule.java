package dev.unifiedproxy.policy;

import java.time.Duration;

/**
 * How often a container may ask what a rule is about.
 *
 * @param key scope and name of the rule: the same one as long as it is called so, wherever it
 *     stands in its file
 * @param rule where it stands and how it is called, for refusals
 * @param requests how many at once, and how many come back in each period; at least 1
 * @param period the time in which they do
 */
public record RateLimitRule(String key, String rule, int requests, Duration period) {}
