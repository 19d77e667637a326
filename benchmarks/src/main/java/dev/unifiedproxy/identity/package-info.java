/** Benchmarks of {@code dev.unifiedproxy.identity}. */
@NullMarked
package dev.unifiedproxy.identity;

import org.jspecify.annotations.NullMarked;
