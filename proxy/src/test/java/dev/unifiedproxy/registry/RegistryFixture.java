package dev.unifiedproxy.registry;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.identity.TicketRevocations;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A registry on a directory of a test, with a clock moved by hand and no sweep of its own. */
final class RegistryFixture implements AutoCloseable {
    static final SqliteContainerRegistry.Settings SETTINGS =
            new SqliteContainerRegistry.Settings(
                    Duration.ofHours(1), Duration.ofMinutes(1), 4096, Duration.ofSeconds(30));

    final ManualClock clock = new ManualClock();
    final Path file;
    final List<String> departed = Collections.synchronizedList(new ArrayList<>());
    private final Path revocationFile;
    TicketRevocations revocations;
    SqliteContainerRegistry registry;

    RegistryFixture(Path directory) throws IOException {
        file = directory.resolve("lib/registry.db");
        revocationFile = directory.resolve("lib/tickets.not-before");
        revocations = TicketRevocations.open(revocationFile);
        registry = openRegistry(SETTINGS);
    }

    void open() throws IOException {
        open(SETTINGS);
    }

    void open(SqliteContainerRegistry.Settings settings) throws IOException {
        revocations = TicketRevocations.open(revocationFile);
        registry = openRegistry(settings);
    }

    private SqliteContainerRegistry openRegistry(SqliteContainerRegistry.Settings settings)
            throws IOException {
        SqliteContainerRegistry opened =
                SqliteContainerRegistry.open(file, revocations, clock, System::nanoTime, settings);
        opened.onDeparture(gone -> departed.add(gone.id() + "@" + gone.address().text()));
        return opened;
    }

    void reopen() throws IOException {
        close();
        open();
    }

    Container register(String id, String address) {
        return register(id, address, 86_400, Map.of());
    }

    Container register(String id, String address, long ttl, Map<String, Object> metadata) {
        try {
            return registry.register(registration(id, address, ttl, metadata));
        } catch (RegistrationConflictException e) {
            throw new AssertionError(e);
        }
    }

    static Registration registration(
            String id, String address, long ttl, Map<String, Object> metadata) {
        return new Registration(id, IpAddress.parse(address), Duration.ofSeconds(ttl), metadata);
    }

    /** What the command line tool prints for this database. */
    String sqlite3(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sqlite3"));
        command.addAll(List.of(arguments));
        command.add(command.size() - 1, file.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("sqlite3 did not end");
        }
        return output.strip();
    }

    @Override
    public void close() throws IOException {
        registry.close();
        revocations.close();
    }
}
