/**
 * Real credentials: where they come from, what they are bound to, how they are put on a request.
 *
 * <p>May use: {@code policy, http, host, error, container, identity}.
 */
@NullMarked
package dev.unifiedproxy.credential;

import org.jspecify.annotations.NullMarked;
