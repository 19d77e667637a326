/**
 * Netty plumbing: event loops, HTTP/1.1 framing, the contract by which bytes stream through an
 * exchange.
 *
 * <p>May use: {@code http, error, host}.
 */
@NullMarked
package dev.unifiedproxy.transport;

import org.jspecify.annotations.NullMarked;
