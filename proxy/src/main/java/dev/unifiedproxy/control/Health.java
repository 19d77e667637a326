package dev.unifiedproxy.control;

/**
 * What the proxy says about itself.
 *
 * @param status {@code healthy}, {@code degraded} or {@code unhealthy}
 * @param containersRegistered number of live registrations; 0 where the answer does not say
 */
public record Health(String status, long containersRegistered) {}
