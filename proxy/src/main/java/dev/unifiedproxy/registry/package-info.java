/**
 * Registered containers in SQLite behind an in-memory view.
 *
 * <p>May use: {@code container, host, error, identity}.
 */
@NullMarked
package dev.unifiedproxy.registry;

import org.jspecify.annotations.NullMarked;
