package dev.unifiedproxy.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** Runs commands with streams, variables, home and clock of the test's own. */
final class CommandHarness {
    /** What the clock of every command shows. */
    static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    private final Map<String, String> environment = new HashMap<>();
    private final Path home;
    private ServerCommands.Server server = new NoServer();

    CommandHarness(Path home) {
        this.home = home;
    }

    /** How a command ended and what it printed. */
    record Outcome(int status, String out, String err) {}

    private static final class NoServer implements ServerCommands.Server {
        @Override
        public int serve(Map<String, String> flags, Console console) {
            throw new AssertionError("no server in this test");
        }

        @Override
        public int demo(Console console) {
            throw new AssertionError("no demo in this test");
        }
    }

    CommandHarness with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    CommandHarness with(ServerCommands.Server other) {
        server = other;
        return this;
    }

    Outcome run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = new Tool(console(out, err), server).run(arguments);
        return new Outcome(
                status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    Console console(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.copyOf(environment),
                home,
                InstantSource.fixed(NOW),
                System::nanoTime,
                "./unified-proxy");
    }
}
