/**
 * Where a request goes: canonical names, IP addresses in every spelling, patterns, authorities.
 * Pure.
 *
 * <p>May use: nothing but the JDK's value classes.
 */
@NullMarked
package dev.unifiedproxy.host;

import org.jspecify.annotations.NullMarked;
