/**
 * Counters and histograms, one method for each fact, and their exposition.
 *
 * <p>May use: {@code container, policy, host, error}.
 */
@NullMarked
package dev.unifiedproxy.metrics;

import org.jspecify.annotations.NullMarked;
