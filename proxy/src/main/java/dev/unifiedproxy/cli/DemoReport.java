package dev.unifiedproxy.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** One line for each expectation, and whether all of them held. */
final class DemoReport {
    private static final int WIDTH = 46;

    private final PrintStream out;
    private int held;
    private int lines;

    DemoReport(PrintStream out) {
        this.out = out;
    }

    /** Notes an expectation and prints what was seen. */
    void line(boolean asExpected, String what, String seen) {
        lines++;
        held += asExpected ? 1 : 0;
        String padding = " ".repeat(Math.max(1, WIDTH - what.length()));
        out.println((asExpected ? "✓ " : "✗ ") + what + padding + Console.printable(seen));
    }

    /** Prints the sum. */
    void finish(Duration duration) {
        out.printf(
                Locale.ROOT,
                "%n%d of %d as expected, in %.1f s.%n",
                held,
                lines,
                duration.toMillis() / 1000.0);
    }

    /** Whether there were expectations and all of them held. */
    boolean allHeld() {
        return lines > 0 && held == lines;
    }

    /** A key's beginning and end only; a short text as a whole is hidden. */
    static String masked(String key) {
        if (key.isEmpty()) {
            return "nothing";
        }
        return key.length() < 20
                ? "***"
                : key.substring(0, 12) + "…" + key.substring(key.length() - 4);
    }
}
