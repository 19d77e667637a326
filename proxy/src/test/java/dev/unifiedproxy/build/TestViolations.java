package dev.unifiedproxy.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * What a test run did that no single test notices, one line each in the file whose existence fails
 * the build.
 *
 * @param file where to append; empty where no build is watching, as in an editor
 */
record TestViolations(Optional<Path> file) {
    /** Appends to the file that the build names in the system property {@code test.violations}. */
    static TestViolations ofThisBuild() {
        return new TestViolations(
                Optional.ofNullable(System.getProperty("test.violations")).map(Path::of));
    }

    /** Appends one violation; line breaks of the text become blanks. */
    synchronized void record(String kind, String what) {
        String line = kind + ": " + what.replaceAll("\\s*\\R\\s*", " | ") + System.lineSeparator();
        System.err.print(line);
        file.ifPresent(target -> append(target, line));
    }

    private static void append(Path target, String line) {
        try {
            Files.writeString(target, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot note a violation in " + target, e);
        }
    }
}
