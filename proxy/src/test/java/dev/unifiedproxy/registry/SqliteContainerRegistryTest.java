package dev.unifiedproxy.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.container.ContainerLookup.Finding;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.identity.MetadataJson;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The semantics of registrations: {@link RegistryWriter} decides on {@link Operation}s in a {@link
 * Draft} of {@link Change}s, and {@link ContainerView} shows them.
 */
final class SqliteContainerRegistryTest {
    private static final IpAddress A = IpAddress.parse("10.0.0.1");
    private static final IpAddress B = IpAddress.parse("10.0.0.2");

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

    private SqliteContainerRegistry registry() {
        return fixture.registry;
    }

    private Instant now() {
        return fixture.clock.instant();
    }

    @Test
    void whatIsRegisteredIsFound() {
        Map<String, Object> metadata = MetadataJson.read("{\"repo\":\"o/r\"}");
        Container container = fixture.register("a", "10.0.0.1", 86_400, metadata);
        assertThat(container)
                .isEqualTo(new Container("a", A, now(), now(), Duration.ofDays(1), metadata));
        assertThat(registry().find(A)).isEqualTo(new Finding.Registered(container));
        assertThat(registry().find(IpAddress.parse("::ffff:10.0.0.1")))
                .isEqualTo(new Finding.Registered(container));
        assertThat(registry().find(B)).isEqualTo(new Finding.Absent());
        assertThat(registry().byId("a")).contains(container);
        assertThat(registry().byId("b")).isEmpty();
        assertThat(registry().list()).containsExactly(container);
        assertThat(registry().count()).isEqualTo(1);
        assertThat(registry().health()).isEqualTo(new RegistryHealth.Healthy());
    }

    @Test
    void everythingSurvivesReopening() throws IOException {
        Map<String, Object> metadata =
                MetadataJson.read("{\"repos\":[\"a/b\"],\"n\":1.50,\"z\":null}");
        Container one = fixture.register("a", "10.0.0.1", 60, metadata);
        Container two = fixture.register("b", "fd00::1", 0, Map.of());
        fixture.reopen();
        assertThat(registry().list()).containsExactly(one, two);
    }

    @Test
    void expiryIsStrictlyAfterTheTimeToLive() {
        fixture.register("a", "10.0.0.1", 10, Map.of());
        fixture.clock.pass(Duration.ofSeconds(10));
        assertThat(registry().find(A)).isInstanceOf(Finding.Registered.class);
        assertThat(registry().count()).isEqualTo(1);
        fixture.clock.pass(Duration.ofMillis(1));
        assertThat(registry().find(A)).isEqualTo(new Finding.Expired("a"));
        assertThat(registry().byId("a")).isEmpty();
        assertThat(registry().list()).isEmpty();
        assertThat(registry().count()).isZero();
        assertThat(registry().remove("a")).isFalse();
        assertThat(registry().find(A)).isEqualTo(new Finding.Expired("a"));
    }

    @Test
    void zeroNeverExpires() {
        fixture.register("a", "10.0.0.1", 0, Map.of());
        fixture.clock.pass(Duration.ofDays(100_000));
        registry().sweep();
        assertThat(registry().find(A)).isInstanceOf(Finding.Registered.class);
    }

    @Test
    void theSweepRemovesRowsAndTellsOfIt() throws Exception {
        fixture.register("a", "10.0.0.1", 10, Map.of());
        fixture.register("b", "10.0.0.2", 100, Map.of());
        fixture.clock.pass(Duration.ofSeconds(11));
        registry().sweep();
        assertThat(fixture.departed).containsExactly("a@10.0.0.1");
        assertThat(fixture.sqlite3("select container_id from containers")).isEqualTo("b");
        assertThat(registry().find(A)).isEqualTo(new Finding.Expired("a"));
    }

    @Test
    void theSweepComesByItself() throws IOException {
        fixture.close();
        fixture.open(
                new SqliteContainerRegistry.Settings(
                        Duration.ofMillis(20), Duration.ofMinutes(1), 64, Duration.ofSeconds(30)));
        fixture.register("a", "10.0.0.1", 10, Map.of());
        fixture.clock.pass(Duration.ofSeconds(11));
        await().untilAsserted(() -> assertThat(fixture.departed).containsExactly("a@10.0.0.1"));
    }

    @Test
    void anExpiredRowDoesNotBlockItsAddress() throws Exception {
        fixture.register("old", "10.0.0.1", 10, Map.of());
        fixture.clock.pass(Duration.ofSeconds(11));
        Container fresh = fixture.register("new", "10.0.0.1");
        assertThat(registry().find(A)).isEqualTo(new Finding.Registered(fresh));
        assertThat(fixture.departed).containsExactly("old@10.0.0.1");
        assertThat(fixture.sqlite3("select container_id from containers")).isEqualTo("new");
    }

    @Test
    void aLiveHolderIsAConflictAndNothingIsWritten() {
        Container holder = fixture.register("a", "10.0.0.1");
        fixture.register("b", "10.0.0.2");
        assertThatThrownBy(
                        () ->
                                registry()
                                        .register(
                                                RegistryFixture.registration(
                                                        "b", "::ffff:10.0.0.1", 5, Map.of())))
                .isInstanceOf(RegistrationConflictException.class)
                .hasMessage("IP 10.0.0.1 already registered to container a");
        assertThat(registry().find(A)).isEqualTo(new Finding.Registered(holder));
        assertThat(registry().find(B)).isInstanceOf(Finding.Registered.class);
        assertThat(fixture.departed).isEmpty();
    }

    @Test
    void registeringAgainKeepsTheFirstTime() throws Exception {
        Instant first = now();
        fixture.register("a", "10.0.0.1");
        fixture.clock.pass(Duration.ofSeconds(30));
        Container again = fixture.register("a", "10.0.0.1");
        assertThat(again.registeredAt()).isEqualTo(first);
        assertThat(again.lastSeen()).isEqualTo(now());
        assertThat(fixture.sqlite3("select last_seen - registered_at from containers"))
                .isEqualTo("30.0");
        assertThat(fixture.departed).isEmpty();
    }

    @Test
    void movingToAnotherAddressFreesTheOldOne() {
        fixture.register("a", "10.0.0.1");
        Container moved = fixture.register("a", "10.0.0.2");
        assertThat(registry().find(A)).isEqualTo(new Finding.Absent());
        assertThat(registry().find(B)).isEqualTo(new Finding.Registered(moved));
        assertThat(fixture.departed).containsExactly("a@10.0.0.1");
        fixture.register("b", "10.0.0.1");
        assertThat(registry().count()).isEqualTo(2);
    }

    @Test
    void removingIsVisibleAtOnceAndForGood() throws IOException {
        fixture.register("a", "10.0.0.1");
        assertThat(registry().remove("a")).isTrue();
        assertThat(registry().find(A)).isEqualTo(new Finding.Absent());
        assertThat(registry().remove("a")).isFalse();
        assertThat(fixture.departed).containsExactly("a@10.0.0.1");
        fixture.reopen();
        assertThat(registry().list()).isEmpty();
    }

    @Test
    void aFreshRegistrationIsNotEndedByTheOldTimeToLive() {
        fixture.register("a", "10.0.0.1", 2, Map.of());
        fixture.clock.pass(Duration.ofSeconds(1));
        fixture.register("a", "10.0.0.1", 3600, Map.of());
        fixture.clock.pass(Duration.ofSeconds(2));
        registry().sweep();
        assertThat(registry().find(A)).isInstanceOf(Finding.Registered.class);
    }

    @Test
    void trafficRenewsAndIsWrittenOnceAMinute() throws Exception {
        Container container = fixture.register("a", "10.0.0.1", 100, Map.of());
        String lastSeen = "select last_seen - registered_at from containers";
        for (int second = 1; second <= 59; second++) {
            fixture.clock.pass(Duration.ofSeconds(1));
            registry().seen(container);
        }
        registry().sweep();
        assertThat(fixture.sqlite3(lastSeen)).isEqualTo("0.0");
        assertThat(registry().byId("a").orElseThrow().lastSeen()).isEqualTo(now());
        fixture.clock.pass(Duration.ofSeconds(1));
        registry().seen(container);
        registry().sweep();
        assertThat(fixture.sqlite3(lastSeen)).isEqualTo("60.0");
        fixture.clock.pass(Duration.ofSeconds(99));
        assertThat(registry().find(A)).isInstanceOf(Finding.Registered.class);
        registry().seen(container);
        fixture.clock.pass(Duration.ofSeconds(99));
        assertThat(registry().find(A)).isInstanceOf(Finding.Registered.class);
    }

    @Test
    void trafficReachesTheDiskWhenItCloses() throws IOException {
        Container container = fixture.register("a", "10.0.0.1", 100, Map.of());
        fixture.clock.pass(Duration.ofSeconds(30));
        registry().seen(container);
        fixture.reopen();
        assertThat(registry().byId("a").orElseThrow().lastSeen()).isEqualTo(now());
    }

    @Test
    void trafficOfWhatHasEndedRevivesNothing() {
        Container container = fixture.register("a", "10.0.0.1", 10, Map.of());
        fixture.clock.pass(Duration.ofSeconds(11));
        registry().seen(container);
        assertThat(registry().find(A)).isEqualTo(new Finding.Expired("a"));
        Container gone = fixture.register("b", "10.0.0.2");
        registry().remove("b");
        registry().seen(gone);
        assertThat(registry().find(B)).isEqualTo(new Finding.Absent());
        Container next = fixture.register("c", "10.0.0.2");
        fixture.clock.pass(Duration.ofSeconds(1));
        registry().seen(gone);
        assertThat(registry().find(B)).isEqualTo(new Finding.Registered(next));
    }

    @Test
    void ofTwentyAtOnceExactlyOneGetsTheAddress() throws Exception {
        for (int round = 0; round < 20; round++) {
            String address = "10.1.0." + round;
            List<Callable<Boolean>> attempts = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String id = "r" + round + "-" + i;
                attempts.add(() -> tryRegister(id, address));
            }
            int winners = 0;
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Boolean> attempt : threads.invokeAll(attempts)) {
                    winners += attempt.get() ? 1 : 0;
                }
            }
            assertThat(winners).isEqualTo(1);
        }
        assertThat(registry().count()).isEqualTo(20);
    }

    private boolean tryRegister(String id, String address) {
        try {
            registry().register(RegistryFixture.registration(id, address, 60, Map.of()));
            return true;
        } catch (RegistrationConflictException e) {
            return false;
        }
    }

    @Test
    void manyAtOnceAreAllStored() throws Exception {
        List<Callable<Boolean>> attempts = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            String id = "c" + i;
            String address = "10.2." + i / 250 + "." + i % 250;
            attempts.add(() -> tryRegister(id, address));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> attempt : threads.invokeAll(attempts)) {
                assertThat(attempt.get()).isTrue();
            }
        }
        assertThat(fixture.sqlite3("select count(*) from containers")).isEqualTo("1000");
    }

    @Test
    void aListenerThatThrowsStopsNobody() {
        registry()
                .onDeparture(
                        gone -> {
                            throw new IllegalStateException("a listener's defect");
                        });
        registry().onDeparture(gone -> fixture.departed.add("later " + gone.id()));
        fixture.register("a", "10.0.0.1");
        assertThat(registry().remove("a")).isTrue();
        await().untilAsserted(
                        () ->
                                assertThat(fixture.departed)
                                        .containsExactly("a@10.0.0.1", "later a"));
        fixture.register("b", "10.0.0.2");
    }

    @Test
    void closedItReadsAndRefusesChanges() {
        fixture.register("a", "10.0.0.1");
        registry().close();
        assertThat(registry().find(A)).isInstanceOf(Finding.Registered.class);
        assertThatThrownBy(() -> fixture.register("b", "10.0.0.2"))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("closed");
        assertThat(registry().health()).isInstanceOf(RegistryHealth.Failed.class);
    }

    @Test
    void theFilesAreTheOwnersOnly() throws IOException {
        fixture.register("a", "10.0.0.1");
        for (String suffix : List.of("", "-wal", "-shm")) {
            Path file = fixture.file.resolveSibling("registry.db" + suffix);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .as(suffix)
                    .isEqualTo("rw-------");
        }
    }
}
