package dev.unifiedproxy.listener;

import java.time.Duration;

/**
 * How long a client may take.
 *
 * @param head from a connection's first moment, or a head's first byte, to the end of the head
 * @param idle between requests, and without progress of a body in either direction
 */
public record EdgeLimits(Duration head, Duration idle) {}
