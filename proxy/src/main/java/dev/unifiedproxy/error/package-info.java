/**
 * Why a request was refused or failed: stable codes, refusals, the one exception that carries them.
 * Pure.
 *
 * <p>May use: nothing but the JDK's value classes.
 */
@NullMarked
package dev.unifiedproxy.error;

import org.jspecify.annotations.NullMarked;
