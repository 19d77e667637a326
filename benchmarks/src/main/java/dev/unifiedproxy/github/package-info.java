/** Benchmarks of {@code dev.unifiedproxy.github}. */
@NullMarked
package dev.unifiedproxy.github;

import org.jspecify.annotations.NullMarked;
