/**
 * The forward proxy: bytes to the path and back.
 *
 * <p>May use: {@code pipeline}'s contract in {@code http}; {@code tls, transport, host, error,
 * container}.
 */
@NullMarked
package dev.unifiedproxy.listener;

import org.jspecify.annotations.NullMarked;
