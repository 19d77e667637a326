package dev.unifiedproxy.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.container.ContainerLookup.Finding;
import dev.unifiedproxy.host.IpAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The file as others see it: the runbook's sqlite3 commands, and databases of other programs, which
 * {@link Migrations} and {@link ContainerRows} take over.
 */
final class RegistryFileTest {
    private static final String EXPORT =
            "SELECT container_id, ip_address, datetime(registered_at, 'unixepoch') as registered,"
                    + " ttl_seconds FROM containers;";

    @TempDir private Path directory;
    private RegistryFixture fixture;

    @BeforeEach
    void open() throws IOException {
        fixture = new RegistryFixture(directory);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    @Test
    void theRunbooksCommandsWorkWhileWeRun() throws Exception {
        assertThat(fixture.sqlite3("-header", "-csv", EXPORT)).isEmpty();
        fixture.register("sandbox-123", "172.17.0.2");
        for (String suffix : new String[] {"", "-wal", "-shm"}) {
            assertThat(fixture.file.resolveSibling("registry.db" + suffix)).exists();
        }
        assertThat(fixture.sqlite3("PRAGMA integrity_check;")).isEqualTo("ok");
        assertThat(fixture.sqlite3("-header", "-csv", EXPORT).lines())
                .containsExactly(
                        "container_id,ip_address,registered,ttl_seconds",
                        "sandbox-123,172.17.0.2,\"2026-11-24 10:00:00\",86400");
        assertThat(fixture.sqlite3("PRAGMA wal_checkpoint(TRUNCATE);")).isEqualTo("0|0|0");
        assertThat(Files.size(fixture.file.resolveSibling("registry.db-wal"))).isZero();
        fixture.register("sandbox-124", "172.17.0.3");
        assertThat(fixture.sqlite3("PRAGMA integrity_check;")).isEqualTo("ok");
    }

    @Test
    void theTableIsTheContract() throws Exception {
        assertThat(fixture.sqlite3("PRAGMA table_info(containers)").lines())
                .containsExactly(
                        "0|container_id|TEXT|0||1",
                        "1|ip_address|TEXT|1||0",
                        "2|registered_at|REAL|1||0",
                        "3|last_seen|REAL|1||0",
                        "4|ttl_seconds|INTEGER|1|86400|0",
                        "5|metadata|TEXT|0||0");
        assertThat(fixture.sqlite3("PRAGMA user_version")).isEqualTo("1");
        assertThat(fixture.sqlite3("PRAGMA journal_mode")).isEqualTo("wal");
    }

    @Test
    void emptyMetadataIsNull() throws Exception {
        fixture.register("a", "10.0.0.1", 60, Map.of());
        fixture.register("b", "10.0.0.2", 60, Map.of("repo", "o/r"));
        assertThat(fixture.sqlite3("select typeof(metadata), metadata from containers order by 1"))
                .isEqualTo("null|\ntext|{\"repo\":\"o/r\"}");
        assertThat(fixture.sqlite3("select distinct typeof(registered_at) from containers"))
                .isEqualTo("real");
    }

    @Test
    void aDatabaseOfThePublicImplementationIsTakenOver() throws Exception {
        fixture.close();
        Files.delete(fixture.file);
        double seen = fixture.clock.instant().getEpochSecond() - 10.5;
        fixture.sqlite3(
                "CREATE TABLE containers (container_id TEXT PRIMARY KEY, ip_address TEXT NOT NULL"
                        + " UNIQUE, registered_at REAL NOT NULL, last_seen REAL NOT NULL,"
                        + " ttl_seconds INTEGER NOT NULL DEFAULT 86400, metadata TEXT);"
                        + " INSERT INTO containers VALUES ('good','10.0.0.1',"
                        + seen
                        + ","
                        + seen
                        + ",60,'{\"repo\":\"o/r\"}'),"
                        + " ('older','::ffff:10.0.0.1',1,1,0,NULL),"
                        + " ('no address','x',1,1,0,NULL),"
                        + " ('blank id','10.0.0.3',1,1,0,NULL),"
                        + " ('broken','10.0.0.4',1,1,0,'{'),"
                        + " ('text-time','10.0.0.5','soon',1,0,NULL);");
        fixture.open();
        assertThat(fixture.registry.byId("good").orElseThrow().registeredAt())
                .isEqualTo(fixture.clock.instant().minusMillis(10_500));
        assertThat(fixture.registry.find(IpAddress.parse("10.0.0.1")))
                .isInstanceOf(Finding.Registered.class);
        assertThat(fixture.registry.byId("older")).isEmpty();
        assertThat(fixture.registry.byId("broken")).isEmpty();
        fixture.register("mine", "10.0.0.4");
        fixture.register("broken", "10.0.0.6");
        assertThat(fixture.sqlite3("select container_id from containers order by 1").lines())
                .doesNotContain("older")
                .contains("good", "mine", "broken");
        fixture.reopen();
        assertThat(fixture.registry.byId("mine")).isPresent();
    }

    @Test
    void aLaterSchemaIsRefusedAndLeftAlone() throws Exception {
        fixture.register("a", "10.0.0.1");
        fixture.close();
        fixture.sqlite3("PRAGMA user_version = 99");
        assertThatThrownBy(() -> fixture.open())
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("schema version 99 (expected: at most 1");
        assertThat(fixture.sqlite3("PRAGMA user_version; select count(*) from containers"))
                .isEqualTo("99\n1");
        fixture.sqlite3("PRAGMA user_version = 1");
        fixture.open();
        assertThat(fixture.registry.count()).isEqualTo(1);
    }

    @Test
    void aFileThatCannotBeOpenedIsAnError() throws Exception {
        Files.writeString(directory.resolve("file"), "not a directory");
        assertThatThrownBy(() -> new RegistryFixture(directory.resolve("file")))
                .isInstanceOf(IOException.class);
    }
}
