package dev.unifiedproxy.upstream;

import java.time.Duration;

/**
 * How long the way out may take, and how wide it is.
 *
 * @param connect for TCP and TLS together, whatever the number of addresses
 * @param silence without a byte from the server while it owes a response
 * @param idle in the pool
 * @param connections how many sockets at once, over all event loops
 */
public record UpstreamLimits(Duration connect, Duration silence, Duration idle, int connections) {}
