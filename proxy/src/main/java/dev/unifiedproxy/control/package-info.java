/**
 * The control API on the unix socket, and its client.
 *
 * <p>May use: {@code registry, container, policy, audit, metrics, transport, error, limit,
 * identity, host}.
 */
@NullMarked
package dev.unifiedproxy.control;

import org.jspecify.annotations.NullMarked;
