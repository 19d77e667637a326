/**
 * How log lines come from the logger to standard output: the set-up of logback by code, one bounded
 * queue with one writer, and the two formats.
 *
 * <p>May use: nothing of the others. Nothing else in the program knows logback; it logs through
 * SLF4J. A line never contains a control byte or anything else outside printable ASCII, whatever
 * its message, values or exception contain.
 */
@NullMarked
package dev.unifiedproxy.logging;

import org.jspecify.annotations.NullMarked;
