package dev.unifiedproxy.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;

final class TicketRevocationsTest {
    private static final Instant T = Instant.parse("2026-11-24T10:00:00Z");

    @TempDir private Path directory;
    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("state/tickets.not-before");
    }

    @Test
    void ticketsFromBeforeTheInstantAreCovered() throws IOException {
        try (TicketRevocations revocations = TicketRevocations.open(file)) {
            assertThat(revocations.covers("a", T)).isFalse();
            revocations.revoke(Map.of("a", T));
            assertThat(revocations.covers("a", T.minusMillis(1))).isTrue();
            assertThat(revocations.covers("a", T)).isFalse();
            assertThat(revocations.covers("b", T.minusMillis(1))).isFalse();
            assertThat(revocations.notBefore("a")).contains(T);
        }
    }

    @Test
    void theNewestWinsWhateverTheOrderAndSurvivesReopening() throws IOException {
        try (TicketRevocations revocations = TicketRevocations.open(file)) {
            revocations.revoke(Map.of("a", T));
            revocations.revoke(Map.of("a", T.plusMillis(5), "b", T));
            revocations.revoke(Map.of("a", T.minusMillis(5)));
            assertThat(Files.readAllLines(file)).hasSize(4);
        }
        try (TicketRevocations revocations = TicketRevocations.open(file)) {
            assertThat(revocations.notBefore("a")).contains(T.plusMillis(5));
            assertThat(revocations.notBefore("b")).contains(T);
            assertThat(Files.readAllLines(file))
                    .containsExactlyInAnyOrder(
                            "a " + T.plusMillis(5).toEpochMilli(), "b " + T.toEpochMilli());
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void anUnfinishedLastLineIsDropped() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "a " + T.toEpochMilli() + "\nb 17");
        try (TicketRevocations revocations = TicketRevocations.open(file)) {
            assertThat(revocations.notBefore("a")).contains(T);
            assertThat(revocations.notBefore("b")).isEmpty();
            revocations.revoke(Map.of("c", T));
        }
        assertThat(Files.readAllLines(file))
                .containsExactlyInAnyOrder("a " + T.toEpochMilli(), "c " + T.toEpochMilli());
    }

    @Test
    void anUnreadableLineCoversEveryTicketFromBeforeTheFileWasWritten() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "a xyz\n");
        Instant written = Files.getLastModifiedTime(file).toInstant();
        try (TicketRevocations revocations = TicketRevocations.open(file)) {
            assertThat(revocations.covers("any", written.minusMillis(2))).isTrue();
            assertThat(revocations.covers("any", written.plusMillis(2))).isFalse();
        }
        try (TicketRevocations again = TicketRevocations.open(file)) {
            assertThat(again.covers("any", written.minusMillis(2))).isTrue();
        }
    }

    @Test
    void forgettingTheOldestNeverRevivesATicket() throws IOException {
        try (TicketRevocations revocations = TicketRevocations.open(file, 20)) {
            for (int i = 0; i < 100; i++) {
                revocations.revoke(Map.of("c" + i, T.plusMillis(i)));
                assertThat(Files.readAllLines(file).size()).isLessThanOrEqualTo(42);
            }
        }
        try (TicketRevocations revocations = TicketRevocations.open(file, 20)) {
            for (int i = 0; i < 100; i++) {
                assertThat(revocations.covers("c" + i, T.plusMillis(i - 1))).as("c%s", i).isTrue();
            }
            assertThat(revocations.covers("c99", T.plusMillis(99))).isFalse();
        }
    }

    @Test
    void manyRevocationsOfOneIdAreCompactedWhileRunning() throws IOException {
        try (TicketRevocations revocations = TicketRevocations.open(file, 10)) {
            for (int i = 0; i < 1000; i++) {
                revocations.revoke(Map.of("a", T.plusMillis(i)));
            }
            assertThat(Files.readAllLines(file).size()).isLessThanOrEqualTo(21);
            assertThat(revocations.notBefore("a")).contains(T.plusMillis(999));
        }
    }

    @Test
    void aRemovedFileIsWrittenAgain() throws IOException {
        try (TicketRevocations revocations = TicketRevocations.open(file)) {
            revocations.revoke(Map.of("a", T));
            Files.delete(file);
            revocations.revoke(Map.of("b", T));
        }
        assertThat(Files.readAllLines(file))
                .containsExactlyInAnyOrder("a " + T.toEpochMilli(), "b " + T.toEpochMilli());
    }

    @Test
    void closedItRevokesNothing() throws IOException {
        TicketRevocations revocations = TicketRevocations.open(file);
        revocations.close();
        assertThatThrownBy(() -> revocations.revoke(Map.of("a", T)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void whatCannotBeWrittenIsAnError() throws IOException {
        Path blocked = directory.resolve("blocked");
        Files.writeString(blocked, "a file", StandardOpenOption.CREATE_NEW);
        assertThatThrownBy(() -> TicketRevocations.open(blocked.resolve("x")))
                .isInstanceOf(IOException.class);
    }
}
