/**
 * The composition root and the lifecycle, by hand, in reading order.
 *
 * <p>May use: everything but {@code cli}.
 */
@NullMarked
package dev.unifiedproxy.app;

import org.jspecify.annotations.NullMarked;
