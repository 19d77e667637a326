/** Benchmarks of {@code dev.unifiedproxy.policy}. */
@NullMarked
package dev.unifiedproxy.policy;

import org.jspecify.annotations.NullMarked;
