/**
 * Token buckets and the limiter built on them. Pure.
 *
 * <p>May use: {@code container, host}.
 */
@NullMarked
package dev.unifiedproxy.limit;

import org.jspecify.annotations.NullMarked;
