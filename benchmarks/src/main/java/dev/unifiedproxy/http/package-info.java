/** Benchmarks of {@code dev.unifiedproxy.http}. */
@NullMarked
package dev.unifiedproxy.http;

import org.jspecify.annotations.NullMarked;
