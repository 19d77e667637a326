package dev.unifiedproxy.logging;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.Set;
import java.util.stream.Stream;

/** Finds who called the logger. */
final class CallerFrame {
    /** Deep enough for a logger's own frames, so that one batch is all that is walked. */
    private static final int FRAMES = 13;

    private static final StackWalker WALKER = StackWalker.getInstance(Set.of(), FRAMES);

    private CallerFrame() {}

    /** The frame that called the logger; null when there is none. */
    static StackWalker.@Nullable StackFrame find() {
        return WALKER.walk(CallerFrame::first);
    }

    /** A plain loop: a stream with a filter takes twice the time. */
    private static StackWalker.@Nullable StackFrame first(Stream<StackWalker.StackFrame> frames) {
        Iterator<StackWalker.StackFrame> each = frames.iterator();
        while (each.hasNext()) {
            StackWalker.StackFrame frame = each.next();
            if (isCaller(frame.getClassName())) {
                return frame;
            }
        }
        return null;
    }

    private static boolean isCaller(String className) {
        return !className.startsWith("ch.qos.logback.")
                && !className.startsWith("org.slf4j.")
                && !className.startsWith("io.netty.util.internal.logging.")
                && !className.equals(QueueAppender.class.getName())
                && !className.equals(CallerFrames.class.getName())
                && !className.equals(CallerFrame.class.getName());
    }
}
