package dev.unifiedproxy.logging;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;

/** The stack trace of an exception and its causes, 8 KiB at most. */
final class ExceptionText {
    /** Characters of a stack trace that are kept. */
    static final int MAX = 8 * 1024;

    /** Characters of an exception's message that are kept. */
    static final int MAX_MESSAGE = 1024;

    /** Frames of each exception that are kept: enough to see its causes too. */
    private static final int MAX_FRAMES = 24;

    private final StringBuilder text = new StringBuilder();

    private ExceptionText() {}

    static String of(IThrowableProxy exception) {
        ExceptionText made = new ExceptionText();
        made.append("", exception);
        made.text.setLength(Math.min(made.text.length(), MAX));
        return made.text.toString();
    }

    /** Stops when enough is there, so that a long chain of causes does not cost more. */
    private void append(String title, IThrowableProxy exception) {
        if (text.length() >= MAX) {
            return;
        }
        String message = exception.getMessage();
        text.append(title).append(exception.getClassName());
        if (message != null) {
            text.append(": ").append(message, 0, Math.min(message.length(), MAX_MESSAGE));
        }
        StackTraceElementProxy[] frames = exception.getStackTraceElementProxyArray();
        int own = frames.length - exception.getCommonFrames();
        int shown = Math.min(own, MAX_FRAMES);
        for (int i = 0; i < shown && text.length() < MAX; i++) {
            text.append("\n\t").append(frames[i].getSTEAsString());
        }
        if (shown < frames.length) {
            text.append("\n\t... ").append(frames.length - shown).append(" more");
        }
        for (IThrowableProxy suppressed : exception.getSuppressed()) {
            append("\nSuppressed: ", suppressed);
        }
        IThrowableProxy cause = exception.getCause();
        if (cause != null && !exception.isCyclic()) {
            append("\nCaused by: ", cause);
        }
    }
}
