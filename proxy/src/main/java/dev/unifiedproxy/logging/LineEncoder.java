package dev.unifiedproxy.logging;

/** Writes an entry as one line. Used by one thread. */
sealed interface LineEncoder permits JsonLineEncoder, TextLineEncoder {
    /** Characters of a message that are kept. */
    int MAX_MESSAGE = 16 * 1024;

    /** Characters of a value that are kept. */
    int MAX_VALUE = 4 * 1024;

    /** Characters of a name that are kept. */
    int MAX_NAME = 256;

    /** Appends the line with its line feed. */
    void encode(Entry entry, LineBuffer out);

    /** The level by the name under which it is known outside. */
    static String name(ch.qos.logback.classic.Level level) {
        return level == ch.qos.logback.classic.Level.WARN ? "WARNING" : level.toString();
    }

    /** Where the last two parts of a logger's name begin. */
    static int shortName(String logger) {
        int last = logger.lastIndexOf('.');
        return last < 0 ? 0 : logger.lastIndexOf('.', last - 1) + 1;
    }

    /** Appends {@code file:line:function}. */
    static void location(StackWalker.StackFrame frame, LineBuffer out) {
        String file = frame.getFileName();
        out.unquoted(file == null ? "unknown" : file, MAX_NAME)
                .ours(':')
                .ours(Integer.toString(frame.getLineNumber()))
                .ours(':')
                .unquoted(frame.getMethodName(), MAX_NAME);
    }
}
