package dev.unifiedproxy.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How a program ended.
 *
 * @param status its exit status
 * @param out what it wrote to its standard output
 * @param err what it wrote to its standard error
 */
record Outcome(int status, String out, String err) {
    private static final long LIMIT_SECONDS = 120;

    /** Everything that it wrote. */
    String all() {
        return out + err;
    }

    /** Starts a program with these variables and no other; its output goes to two files. */
    static Process start(
            Path directory, Map<String, String> environment, List<String> command, Path out)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectError(err(out).toFile());
        builder.redirectOutput(out.toFile());
        return builder.start();
    }

    private static Path err(Path out) {
        return out.resolveSibling(out.getFileName() + ".err");
    }

    /** Runs a program to its end, with these variables and no other. */
    static Outcome of(Path directory, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "command", ".out");
        return end(start(directory, environment, command, out), out, command);
    }

    /** Waits for a program that was started with its output in a file. */
    static Outcome end(Process process, Path out, List<String> command)
            throws IOException, InterruptedException {
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        Outcome outcome =
                new Outcome(
                        ended ? process.exitValue() : -1,
                        Files.readString(out),
                        Files.readString(err(out)));
        Files.delete(out);
        Files.delete(err(out));
        if (!ended) {
            throw new AssertionError(command + " did not end: " + outcome);
        }
        return outcome;
    }
}
