package dev.unifiedproxy.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

final class AuditLogTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-01-31T10:20:30Z"));

    @TempDir Path temporary;

    private Path directory() {
        return temporary.resolve("audit");
    }

    private Path file() {
        return directory().resolve("audit.jsonl");
    }

    private AuditSettings settings(Duration flush, int backlog, long rotateAt, int keep) {
        return new AuditSettings(directory(), rotateAt, keep, backlog, flush);
    }

    private AuditLog open(Duration flush) throws IOException {
        return AuditLog.open(settings(flush, 10_000, 1L << 30, 8), CLOCK);
    }

    @Test
    void recordIsWrittenSoonAndOnlyTheOwnerMayReadIt() throws IOException {
        try (AuditLog log = AuditLog.open(AuditSettings.of(directory()), CLOCK)) {
            log.record(Records.of("r-1"));

            await().atMost(Duration.ofSeconds(2)).until(() -> ids(file()), List.of("r-1")::equals);
            await().until(() -> log.backlog() == 0);
            assertThat(log.accepting()).isTrue();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void closeWritesEverything() throws IOException {
        List<String> expected = IntStream.range(0, 5_000).mapToObj(i -> "r-" + i).toList();
        AuditLog log = open(NEVER);
        expected.forEach(id -> log.record(Records.of(id)));

        log.close();

        assertThat(ids(file())).isEqualTo(expected);
        assertThat(log.backlog()).isZero();
        assertThat(log.accepting()).isFalse();
    }

    @Test
    void fullBacklogAcceptsNothingNewAndLosesNothing() throws IOException {
        AuditLog log = AuditLog.open(settings(NEVER, 3, 1L << 30, 8), CLOCK);
        // The writer looks once, perhaps at some of these, and sleeps for an hour then.
        List<String> written = new ArrayList<>();
        for (int i = 0; log.accepting(); i++) {
            log.record(Records.of("r-" + i));
            written.add("r-" + i);
        }
        log.record(Records.of("late"));
        written.add("late");
        assertThat(log.failure()).isEmpty();

        log.close();

        assertThat(written).hasSizeGreaterThan(3);
        assertThat(ids(file())).isEqualTo(written);
    }

    @Test
    void restartAppendsAndEndsATornLine() throws IOException {
        try (AuditLog log = open(SOON)) {
            log.record(Records.of("r-1"));
        }
        Files.writeString(
                file(), Files.readString(file()) + "{\"request_id\":\"tor"); // as kill -9 leaves it
        try (AuditLog log = open(SOON)) {
            log.record(Records.of("r-2"));
        }

        List<String> lines = Files.readAllLines(file());
        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).isEqualTo("{\"request_id\":\"tor");
        assertThat(idOf(lines.get(2))).isEqualTo("r-2");
    }

    @Test
    void fullDiskRefusesNewExchangesUntilThereIsRoomAndLosesNothing() throws IOException {
        Files.createDirectories(directory());
        Files.createSymbolicLink(file(), Path.of("/dev/full"));
        try (AuditLog log = open(SOON)) {
            log.record(Records.of("r-1"));
            await().until(() -> log.failure().isPresent());
            log.record(Records.of("r-2"));
            assertThat(log.failure().orElseThrow()).contains("No space left");
            assertThat(log.accepting()).isFalse();
            assertThat(log.backlog()).isEqualTo(2);

            Files.delete(file());

            await().until(log::accepting);
            await().until(() -> ids(file()), List.of("r-1", "r-2")::equals);
            assertThat(log.failure()).isEmpty();
        }
    }

    @Test
    void fullDiskAtTheEndDoesNotHang() throws IOException {
        Files.createDirectories(directory());
        Files.createSymbolicLink(file(), Path.of("/dev/full"));
        AuditLog log = open(SOON);
        log.record(Records.of("r-1"));

        log.close();

        assertThat(log.backlog()).isEqualTo(1);
        assertThat(log.failure()).isPresent();
    }

    @Test
    void removedDirectoryIsMadeAgain() throws IOException {
        try (AuditLog log = open(SOON)) {
            log.record(Records.of("r-1"));
            await().until(() -> log.backlog() == 0);
            Files.delete(file());
            Files.delete(directory());

            log.record(Records.of("r-2"));

            await().until(() -> Files.exists(file()) && ids(file()).equals(List.of("r-2")));
        }
    }

    @Test
    void directoryThatCannotBeMadeIsAFailureThatPasses() throws IOException {
        try (AuditLog log = open(SOON)) {
            Files.delete(file());
            Files.delete(directory());
            Files.createFile(directory());
            log.record(Records.of("r-1"));
            await().until(() -> log.failure().isPresent() && !log.accepting());

            Files.delete(directory());

            await().until(log::accepting);
            assertThat(ids(file())).containsExactly("r-1");
        }
    }

    @Test
    void unusableDirectoryStopsTheStart() throws IOException {
        Files.createFile(directory());

        assertThatThrownBy(() -> open(SOON)).isInstanceOf(IOException.class);
    }

    @Test
    void fullFileIsSetAsideAndTheOldestGo() throws IOException {
        try (AuditLog log = AuditLog.open(settings(SOON, 100, 600, 2), CLOCK)) {
            for (int i = 1; i <= 8; i++) {
                log.record(Records.of("r-" + i));
                await().until(() -> log.backlog() == 0);
            }
        }

        List<Path> aside = files("audit-*.jsonl");
        // Two records of some 400 bytes reach 600; the clock stands still, so the names count on.
        assertThat(aside)
                .extracting(path -> path.getFileName().toString())
                .containsExactly(
                        "audit-20260131T102030.000002Z.jsonl",
                        "audit-20260131T102030.000003Z.jsonl");
        List<String> kept = new ArrayList<>();
        for (Path each : aside) {
            kept.addAll(ids(each));
        }
        assertThat(kept).containsExactly("r-5", "r-6", "r-7", "r-8");
        assertThat(Files.exists(file())).isFalse();
    }

    @Test
    void lateRecordIsNotSilentlyLost() throws IOException {
        AuditLog log = open(SOON);
        log.close();

        log.record(Records.of("late"));

        assertThat(log.backlog()).isEqualTo(1);
        assertThat(log.accepting()).isFalse();
    }

    @Test
    void boundsAreChecked() {
        assertThatThrownBy(() -> settings(SOON, 0, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("backlog 0")
                .hasMessageContaining("(expected: each > 0)");
    }

    private List<Path> files(String glob) throws IOException {
        List<Path> found = new ArrayList<>();
        try (var stream = Files.newDirectoryStream(directory(), glob)) {
            stream.forEach(found::add);
        }
        return found.stream().sorted().toList();
    }

    private static List<String> ids(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(AuditLogTest::idOf).toList();
        }
    }

    private static String idOf(String line) {
        return JSON.readTree(line).get("request_id").asString();
    }
}
