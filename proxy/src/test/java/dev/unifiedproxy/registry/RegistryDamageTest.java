package dev.unifiedproxy.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.container.ContainerLookup.Finding;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Damage to the database file and its loss, before and while the registry runs. Several tests write
 * to the file behind SQLite's back, as the operators of the runbook do. {@link SqliteStore} and
 * {@link DatabaseFiles} notice it, as a {@link DamagedDatabaseException}, and {@link HealthNotes}
 * tells of it.
 */
final class RegistryDamageTest {
    private static final String ASIDE = "registry.db.corrupt-20261124T100000Z";

    @TempDir private Path directory;
    private RegistryFixture fixture;
    private final Logger logger = (Logger) LoggerFactory.getLogger(RegistryWriter.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void open() throws IOException {
        log.start();
        logger.setLevel(Level.ERROR);
        logger.setAdditive(false);
        logger.addAppender(log);
        fixture = new RegistryFixture(directory);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
        logger.detachAppender(log);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    private void overwrite(int from, int length) throws IOException {
        byte[] noise = new byte[length];
        new Random(1).nextBytes(noise);
        try (FileChannel file = FileChannel.open(fixture.file, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(noise), from);
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(fixture.file.getParent())) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private void assertSound(String... ids) throws Exception {
        assertThat(fixture.sqlite3("PRAGMA integrity_check")).isEqualTo("ok");
        assertThat(fixture.sqlite3("select container_id from containers order by 1").lines())
                .containsExactly(ids);
        assertThat(
                        fixture.sqlite3(
                                "select name from sqlite_schema where type='index' and sql is"
                                        + " not null order by 1"))
                .isEqualTo("idx_containers_ip\nidx_containers_last_seen");
    }

    private void assertLogged(String words) {
        assertThat(log.list)
                .anySatisfy(
                        event -> {
                            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
                            assertThat(event.getFormattedMessage()).contains(words);
                        });
    }

    @Test
    void aDamagedHeaderIsSetAsideWhenItOpens() throws Exception {
        fixture.register("a", "10.0.0.1");
        fixture.close();
        overwrite(0, 100);
        fixture.open();
        assertThat(files()).contains(ASIDE, "registry.db");
        assertLogged("file is not a database");
        assertThat(fixture.registry.health())
                .isInstanceOfSatisfying(
                        RegistryHealth.Degraded.class,
                        degraded ->
                                assertThat(degraded.reason())
                                        .contains(ASIDE)
                                        .contains("file is not a database"));
        fixture.register("b", "10.0.0.1");
        assertSound("b");
    }

    @Test
    void damageBehindTheHeaderIsFoundByTheCheck() throws Exception {
        for (int i = 0; i < 300; i++) {
            fixture.register("c" + i, "10.0." + i / 200 + "." + i % 200, 60, Map.of("k", "v"));
        }
        fixture.close();
        overwrite(4096, 8 * 4096);
        fixture.open();
        assertThat(files()).contains(ASIDE);
        assertLogged("database disk image is malformed");
        fixture.register("b", "10.0.0.1");
        assertSound("b");
    }

    @Test
    void theNoticeEndsAfterAnHourOrWhenAcknowledged() throws Exception {
        fixture.close();
        overwrite(0, 100);
        fixture.open();
        fixture.clock.pass(Duration.ofHours(1));
        assertThat(fixture.registry.health()).isInstanceOf(RegistryHealth.Degraded.class);
        fixture.clock.pass(Duration.ofMillis(1));
        assertThat(fixture.registry.health()).isEqualTo(new RegistryHealth.Healthy());
        fixture.close();
        overwrite(0, 100);
        fixture.open();
        assertThat(fixture.registry.health()).isInstanceOf(RegistryHealth.Degraded.class);
        fixture.registry.acknowledge();
        assertThat(fixture.registry.health()).isEqualTo(new RegistryHealth.Healthy());
    }

    @Test
    void twoDamagesOfOneSecondKeepBothFiles() throws Exception {
        for (int i = 0; i < 2; i++) {
            fixture.close();
            overwrite(0, 100);
            fixture.open();
        }
        assertThat(files()).contains(ASIDE, ASIDE + ".2");
    }

    @Test
    void damageWhileRunningLosesNothing() throws Exception {
        fixture.register("a", "10.0.0.1", 0, Map.of("repo", "o/r"));
        assertThat(fixture.sqlite3("PRAGMA wal_checkpoint(TRUNCATE)")).isEqualTo("0|0|0");
        overwrite(0, 100);
        Container b = fixture.register("b", "10.0.0.2");
        assertThat(files()).contains(ASIDE, "registry.db", "registry.db-wal");
        assertLogged("file is not a database");
        assertSound("a", "b");
        assertThat(fixture.registry.find(b.address())).isEqualTo(new Finding.Registered(b));
        assertThat(fixture.registry.health()).isInstanceOf(RegistryHealth.Degraded.class);
        fixture.reopen();
        assertThat(fixture.registry.byId("a").orElseThrow().metadata())
                .isEqualTo(Map.of("repo", "o/r"));
    }

    @Test
    void anEmptiedFileIsNoticed() throws Exception {
        fixture.register("a", "10.0.0.1");
        assertThat(fixture.sqlite3("PRAGMA wal_checkpoint(TRUNCATE)")).isEqualTo("0|0|0");
        FileChannel.open(
                        fixture.file,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)
                .close();
        fixture.register("b", "10.0.0.2");
        assertSound("a", "b");
    }

    static List<List<String>> lostFiles() {
        return List.of(
                List.of("registry.db", "registry.db-wal", "registry.db-shm"),
                List.of("registry.db"),
                List.of("registry.db-wal"));
    }

    @ParameterizedTest
    @MethodSource("lostFiles")
    void removedFilesAreWrittenAgainFromMemory(List<String> names) throws Exception {
        fixture.register("a", "10.0.0.1");
        for (String name : names) {
            Files.delete(fixture.file.resolveSibling(name));
        }
        fixture.register("b", "10.0.0.2");
        assertSound("a", "b");
        assertLogged("removed or replaced");
        fixture.reopen();
        assertThat(fixture.registry.count()).isEqualTo(2);
    }

    @Test
    void theSweepNoticesRemovedFilesToo() throws Exception {
        fixture.register("a", "10.0.0.1");
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.delete(fixture.file.resolveSibling("registry.db" + suffix));
        }
        fixture.registry.sweep();
        assertSound("a");
    }

    @Test
    void aReplacedFileIsSetAsideAndMemoryWins() throws Exception {
        fixture.register("a", "10.0.0.1");
        Path stranger = directory.resolve("stranger.db");
        Files.writeString(stranger, "somebody else's file");
        Files.move(stranger, fixture.file, StandardCopyOption.REPLACE_EXISTING);
        fixture.register("b", "10.0.0.2");
        assertSound("a", "b");
        assertThat(Files.readString(fixture.file.resolveSibling(ASIDE)))
                .isEqualTo("somebody else's file");
    }

    @Test
    void anExternalCheckpointIsNoDamage() throws Exception {
        for (int i = 0; i < 5; i++) {
            fixture.register("c" + i, "10.0.0." + i);
            assertThat(fixture.sqlite3("PRAGMA wal_checkpoint(TRUNCATE)")).isEqualTo("0|0|0");
        }
        assertThat(fixture.registry.health()).isEqualTo(new RegistryHealth.Healthy());
        assertThat(files()).noneMatch(name -> name.contains("corrupt"));
    }

    @Test
    void whatCannotBeStoredIsRefusedAndMemoryStays() throws Exception {
        Container a = fixture.register("a", "10.0.0.1");
        Process lock =
                new ProcessBuilder("sqlite3", fixture.file.toString())
                        .redirectErrorStream(true)
                        .start();
        try {
            lock.getOutputStream()
                    .write("BEGIN IMMEDIATE; SELECT 'locked';\n".getBytes(StandardCharsets.UTF_8));
            lock.getOutputStream().flush();
            byte[] answer = new byte[6];
            assertThat(lock.getInputStream().readNBytes(answer, 0, 6)).isEqualTo(6);
            assertThatThrownBy(() -> fixture.register("b", "10.0.0.2"))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("SQLITE_BUSY");
        } finally {
            lock.destroy();
            lock.waitFor();
        }
        assertThat(fixture.registry.health()).isInstanceOf(RegistryHealth.Degraded.class);
        assertThat(fixture.registry.list()).containsExactly(a);
        fixture.register("b", "10.0.0.2");
        assertThat(fixture.registry.health()).isEqualTo(new RegistryHealth.Healthy());
        assertSound("a", "b");
    }
}
