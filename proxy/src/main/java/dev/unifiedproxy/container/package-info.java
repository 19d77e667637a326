/**
 * What a registered sandbox is, and how it is looked up by address. Pure.
 *
 * <p>May use: {@code host}.
 */
@NullMarked
package dev.unifiedproxy.container;

import org.jspecify.annotations.NullMarked;
