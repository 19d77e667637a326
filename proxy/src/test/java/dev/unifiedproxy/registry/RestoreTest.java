package dev.unifiedproxy.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.container.ContainerLookup.Finding;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.identity.Ticket;
import dev.unifiedproxy.identity.TicketAuthority;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Containers that come back by their tickets, and those that must not. */
final class RestoreTest {
    private static final IpAddress A = IpAddress.parse("10.0.0.1");

    @TempDir private Path directory;
    private RegistryFixture fixture;
    private TicketAuthority tickets;

    @BeforeEach
    void open() throws IOException {
        fixture = new RegistryFixture(directory);
        tickets = TicketAuthority.open(directory.resolve("lib/ticket.key"));
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private Ticket ticket(Container container) {
        return tickets.verify(tickets.issue(container, fixture.clock.instant())).orElseThrow();
    }

    private Finding restore(Ticket ticket) {
        return fixture.registry.restore(ticket.claimed(), ticket.issuedAt());
    }

    private void loseDatabase() throws IOException {
        fixture.close();
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(fixture.file.resolveSibling("registry.db" + suffix));
        }
        fixture.open();
        assertThat(fixture.registry.count()).isZero();
    }

    @Test
    void afterTheDatabaseWasLostATicketRegistersAgainAndIsStored() throws Exception {
        Ticket ticket = ticket(fixture.register("a", "10.0.0.1", 60, Map.of("repo", "o/r")));
        loseDatabase();
        fixture.clock.pass(Duration.ofDays(3));
        assertThat(restore(ticket))
                .isInstanceOfSatisfying(
                        Finding.Registered.class,
                        found -> {
                            assertThat(found.container().id()).isEqualTo("a");
                            assertThat(found.container().lastSeen())
                                    .isEqualTo(fixture.clock.instant());
                            assertThat(found.container().metadata())
                                    .isEqualTo(Map.of("repo", "o/r"));
                        });
        assertThat(fixture.registry.find(A)).isInstanceOf(Finding.Registered.class);
        fixture.registry.sweep();
        assertThat(fixture.sqlite3("select container_id, ip_address, metadata from containers"))
                .isEqualTo("a|10.0.0.1|{\"repo\":\"o/r\"}");
        fixture.reopen();
        assertThat(fixture.registry.byId("a")).isPresent();
    }

    @Test
    void aKnownContainersTicketFindsItAsItIs() {
        Container container = fixture.register("a", "10.0.0.1");
        assertThat(restore(ticket(container))).isEqualTo(new Finding.Registered(container));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRemovedContainersTicketIsWorthless(boolean lost) throws IOException {
        Ticket ticket = ticket(fixture.register("a", "10.0.0.1"));
        fixture.registry.remove("a");
        if (lost) {
            loseDatabase();
        }
        assertThat(restore(ticket)).isEqualTo(new Finding.Absent());
        Ticket next = ticket(fixture.register("a", "10.0.0.1"));
        loseDatabase();
        assertThat(restore(ticket)).isEqualTo(new Finding.Absent());
        assertThat(restore(next)).isInstanceOf(Finding.Registered.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anExpiredContainersTicketIsWorthless(boolean swept) throws IOException {
        Ticket ticket = ticket(fixture.register("a", "10.0.0.1", 10, Map.of()));
        fixture.clock.pass(Duration.ofSeconds(11));
        if (swept) {
            fixture.registry.sweep();
        }
        assertThat(restore(ticket)).isEqualTo(new Finding.Absent());
        fixture.registry.sweep();
        loseDatabase();
        assertThat(restore(ticket)).isEqualTo(new Finding.Absent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"address", "ttl", "metadata"})
    void aSupersededTicketIsWorthless(String what) throws IOException {
        Ticket old = ticket(fixture.register("a", "10.0.0.1", 60, Map.of("repo", "o/r")));
        Container changed =
                switch (what) {
                    case "address" -> fixture.register("a", "10.0.0.2", 60, Map.of("repo", "o/r"));
                    case "ttl" -> fixture.register("a", "10.0.0.1", 61, Map.of("repo", "o/r"));
                    default -> fixture.register("a", "10.0.0.1", 60, Map.of("repo", "o/x"));
                };
        Ticket fresh = ticket(changed);
        assertThat(fresh.issuedAt()).isAfter(old.issuedAt());
        loseDatabase();
        assertThat(restore(old)).isEqualTo(new Finding.Absent());
        assertThat(restore(fresh)).isInstanceOf(Finding.Registered.class);
    }

    @Test
    void aMereRenewalKeepsOlderTicketsGood() throws IOException {
        Ticket old = ticket(fixture.register("a", "10.0.0.1", 60, Map.of()));
        fixture.clock.pass(Duration.ofSeconds(5));
        fixture.register("a", "10.0.0.1", 60, Map.of());
        loseDatabase();
        assertThat(restore(old)).isInstanceOf(Finding.Registered.class);
    }

    @Test
    void anIdOrAddressInUseIsNotTaken() throws IOException {
        Ticket ticket = ticket(fixture.register("a", "10.0.0.1"));
        loseDatabase();
        Container other = fixture.register("b", "10.0.0.1");
        assertThat(restore(ticket)).isEqualTo(new Finding.Absent());
        assertThat(fixture.registry.find(A)).isEqualTo(new Finding.Registered(other));
        loseDatabase();
        fixture.register("a", "10.0.0.9");
        assertThat(restore(ticket)).isEqualTo(new Finding.Absent());
    }

    @Test
    void aRestoredContainerHoldsItsAddress() throws IOException {
        Ticket ticket = ticket(fixture.register("a", "10.0.0.1"));
        loseDatabase();
        restore(ticket);
        assertThatThrownBy(
                        () ->
                                fixture.registry.register(
                                        RegistryFixture.registration(
                                                "b", "10.0.0.1", 60, Map.of())))
                .isInstanceOf(RegistrationConflictException.class);
        assertThat(fixture.registry.remove("a")).isTrue();
        assertThat(restore(ticket)).isEqualTo(new Finding.Absent());
    }

    @Test
    void aClockThatWentBackDoesNotReviveATicket() throws IOException {
        fixture.clock.pass(Duration.ofDays(1));
        Ticket ticket = ticket(fixture.register("a", "10.0.0.1", 0, Map.of()));
        fixture.clock.pass(Duration.ofDays(-1));
        fixture.registry.remove("a");
        assertThat(restore(ticket)).isEqualTo(new Finding.Absent());
        loseDatabase();
        assertThat(restore(ticket)).isEqualTo(new Finding.Absent());
    }
}
