package dev.unifiedproxy.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What a command sees of the world.
 *
 * @param out results
 * @param err what is wrong, and progress
 * @param environment the process's variables
 * @param home the user's home directory
 * @param clock the time of day
 * @param ticker nanoseconds of a monotonic clock
 * @param program how the user calls this program, for the commands that are suggested
 */
record Console(
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        Path home,
        InstantSource clock,
        LongSupplier ticker,
        String program) {

    /** A text of others without control characters, which could rewrite a terminal. */
    static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }
}
