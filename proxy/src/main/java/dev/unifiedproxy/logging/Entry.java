package dev.unifiedproxy.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;

import org.jspecify.annotations.Nullable;

/**
 * A line on its way to the writer.
 *
 * @param event its message is formatted already, its values do not change
 * @param location where in the code it was written; null when that is not asked for
 */
record Entry(ILoggingEvent event, StackWalker.@Nullable StackFrame location) {}
