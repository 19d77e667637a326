/**
 * One record for every exchange, written off the event loop.
 *
 * <p>May use: {@code container, policy, host, error}.
 */
@NullMarked
package dev.unifiedproxy.audit;

import org.jspecify.annotations.NullMarked;
