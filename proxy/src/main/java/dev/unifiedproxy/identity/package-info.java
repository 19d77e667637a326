/**
 * Who is calling: source address and ticket to container.
 *
 * <p>May use: {@code container, http, error, host}.
 */
@NullMarked
package dev.unifiedproxy.identity;

import org.jspecify.annotations.NullMarked;
