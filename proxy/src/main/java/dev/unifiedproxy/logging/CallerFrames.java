package dev.unifiedproxy.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Where lines come from, found once for each message with placeholders.
 *
 * <p>Walking the stack costs more than the rest of a line. A message with placeholders stands at
 * one place of its class, so the place that was found first is the place; a message without them
 * may have been put together anywhere and is walked for each time.
 */
final class CallerFrames {
    private static final int MAX_PLACES = 1024;

    private record Place(String logger, StackWalker.StackFrame frame) {}

    private final ConcurrentMap<String, Place> places = new ConcurrentHashMap<>();

    StackWalker.@Nullable StackFrame of(ILoggingEvent event) {
        Object[] arguments = event.getArgumentArray();
        if (arguments == null || arguments.length == 0) {
            return CallerFrame.find();
        }
        Place known = places.get(event.getMessage());
        if (known != null) {
            return known.logger.equals(event.getLoggerName()) ? known.frame : CallerFrame.find();
        }
        StackWalker.StackFrame found = CallerFrame.find();
        if (found != null && places.size() < MAX_PLACES) {
            places.putIfAbsent(event.getMessage(), new Place(event.getLoggerName(), found));
        }
        return found;
    }
}
