package dev.unifiedproxy.logging;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.stream.Stream;

/** Finds who called the logger. */
final class CallerFrame {
    /** Deep enough for a logger's own frames, so that one batch is all that is walked. */
    private static final int FRAMES = 16;

    private static final StackWalker WALKER = StackWalker.getInstance(Set.of(), FRAMES);

    private CallerFrame() {}

    /** The frame that called the logger; null when there is none. */
    static StackWalker.@Nullable StackFrame find() {
        return WALKER.walk(CallerFrame::first);
    }

    private static StackWalker.@Nullable StackFrame first(Stream<StackWalker.StackFrame> frames) {
        return frames.filter(CallerFrame::isCaller).findFirst().orElse(null);
    }

    private static boolean isCaller(StackWalker.StackFrame frame) {
        String name = frame.getClassName();
        return !name.startsWith("ch.qos.logback.")
                && !name.startsWith("org.slf4j.")
                && !name.startsWith("io.netty.util.internal.logging.")
                && !name.startsWith("dev.unifiedproxy.logging.QueueAppender")
                && !name.startsWith("dev.unifiedproxy.logging.CallerFrame");
    }
}
