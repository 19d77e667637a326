package dev.unifiedproxy.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.container.ContainerLookup;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.ConnectRequest;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.ProxyCredentials;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class IdentifierTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final IpAddress A = IpAddress.parse("10.0.0.5");
    private static final IpAddress B = IpAddress.parse("10.0.0.6");

    private final TicketAuthority tickets = new TicketAuthority(new byte[32]);
    private final FakeLookup lookup = new FakeLookup();

    private static Container container(String id, IpAddress address) {
        return new Container(id, address, NOW, NOW, Duration.ofHours(1), Map.of());
    }

    private String ticket(String id, IpAddress address) {
        return tickets.issue(container(id, address), NOW);
    }

    private static ConnectRequest connect(
            IpAddress source, Headers headers, Optional<ProxyCredentials> credentials) {
        return new ConnectRequest(
                "r1", source, Authority.parse("github.com:443", 443), headers, credentials);
    }

    private Identification<Container> identify(
            boolean required, IpAddress source, Headers headers, String user, String password) {
        Optional<ProxyCredentials> credentials =
                user.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new ProxyCredentials(user, password));
        return new Identifier(lookup, tickets, required)
                .identify(connect(source, headers, credentials));
    }

    private static void assertRefused(Identification<?> answer, ErrorCode code, String detail) {
        assertThat(answer).isInstanceOf(Identification.Unidentified.class);
        Refusal refusal = ((Identification.Unidentified<?>) answer).refusal();
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.detail()).startsWith(detail);
    }

    private static void assertIdentified(Identification<Container> answer, String id) {
        assertThat(answer).isInstanceOf(Identification.Identified.class);
        assertThat(((Identification.Identified<Container>) answer).caller().id()).isEqualTo(id);
    }

    @Test
    void aContainerIsCurrentWhileItsAddressIsItsOwn() {
        Container container = container("sandbox-123", A);
        Identifier identifier = new Identifier(lookup, tickets, false);

        assertThat(identifier.isCurrent(container)).isFalse();
        lookup.put(container);
        assertThat(identifier.isCurrent(container)).isTrue();
        lookup.put(container("another", A));
        assertThat(identifier.isCurrent(container)).isFalse();
    }

    @Test
    void theAddressIsEnoughAndTrafficIsNoted() {
        lookup.put(container("sandbox-123", A));
        assertIdentified(identify(false, A, Headers.empty(), "", ""), "sandbox-123");
        assertIdentified(
                identify(false, IpAddress.parse("::ffff:10.0.0.5"), Headers.empty(), "", ""),
                "sandbox-123");
        assertThat(lookup.seen).hasSize(2);
    }

    @Test
    void anUnknownAddressIsRefused() {
        assertRefused(
                identify(false, B, Headers.of("X-Container-Id", "sandbox-123"), "", ""),
                ErrorCode.UNKNOWN_CONTAINER,
                "Unknown source IP: 10.0.0.6");
        lookup.expired.put(B, "old");
        assertRefused(
                identify(false, B, Headers.empty(), "", ""),
                ErrorCode.UNKNOWN_CONTAINER,
                "Expired registration for container old");
        assertThat(lookup.seen).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "sandbox-123, true",
        "sandbox-12, false",
        "SANDBOX-123, false",
        "'sandbox-123, sandbox-123', false",
        "'', false"
    })
    void theHeaderMustAgreeExactly(String value, boolean passes) {
        lookup.put(container("sandbox-123", A));
        Identification<Container> answer =
                identify(false, A, Headers.of("x-CONTAINER-id", value), "", "");
        if (passes) {
            assertIdentified(answer, "sandbox-123");
        } else {
            assertRefused(
                    answer,
                    ErrorCode.CONTAINER_MISMATCH,
                    "Container ID mismatch: header=" + value + ", registered=sandbox-123");
        }
    }

    @Test
    void aRepeatedHeaderIsRefusedEvenWhenBothAgree() {
        lookup.put(container("a", A));
        assertRefused(
                identify(
                        false, A, Headers.of("X-Container-Id", "a", "X-Container-Id", "a"), "", ""),
                ErrorCode.CONTAINER_MISMATCH,
                "Container ID mismatch: header=a, a, registered=a");
    }

    @Test
    void theHeaderIsCutAndMadePrintableForTheLog() {
        lookup.put(container("a", A));
        assertRefused(
                identify(
                        false,
                        A,
                        Headers.of("X-Container-Id", "\u00e9\u00ff" + "x".repeat(500)),
                        "",
                        ""),
                ErrorCode.CONTAINER_MISMATCH,
                "Container ID mismatch: header=??" + "x".repeat(126) + ", registered=a");
    }

    @Test
    void aTicketMustBeAuthenticAndOfThisContainerAddressAndUser() {
        lookup.put(container("a", A));
        String good = ticket("a", A);
        assertIdentified(identify(true, A, Headers.empty(), "a", good), "a");
        String refused = "Ticket refused: presented by 10.0.0.5, registered=a";
        for (String[] bad :
                List.of(
                        new String[] {"a", ""},
                        new String[] {"a", "forged"},
                        new String[] {"a", good + "x"},
                        new String[] {"b", good},
                        new String[] {"A", good},
                        new String[] {"a", ticket("a", B)},
                        new String[] {"a", ticket("b", A)})) {
            assertRefused(
                    identify(false, A, Headers.empty(), bad[0], bad[1]),
                    ErrorCode.TICKET_INVALID,
                    refused);
        }
        assertRefused(
                identify(false, A, Headers.empty(), "b", ticket("b", A)),
                ErrorCode.TICKET_INVALID,
                "Ticket mismatch: ticket=b, registered=a");
    }

    @Test
    void whereItIsRequiredTheAddressIsNotEnough() {
        lookup.put(container("a", A));
        assertRefused(
                identify(true, A, Headers.empty(), "", ""),
                ErrorCode.TICKET_INVALID,
                "Ticket missing: registered=a");
    }

    @Test
    void aTicketForThisAddressRestores() {
        lookup.restorable = true;
        assertIdentified(identify(true, A, Headers.empty(), "a", ticket("a", A)), "a");
        assertThat(lookup.restored).containsExactly("a@10.0.0.5");
        assertIdentified(identify(false, A, Headers.empty(), "", ""), "a");
    }

    @Test
    void nothingElseRestores() {
        lookup.restorable = true;
        lookup.expired.put(B, "old");
        for (IpAddress source : List.of(A, B)) {
            String reason =
                    source.equals(A)
                            ? "Unknown source IP: 10.0.0.5; the ticket"
                            : "Expired registration for container old; the ticket";
            IpAddress other = source.equals(A) ? B : A;
            assertRefused(
                    identify(false, source, Headers.empty(), "a", ticket("a", other)),
                    ErrorCode.TICKET_INVALID,
                    reason);
            assertRefused(
                    identify(false, source, Headers.empty(), "b", ticket("a", source)),
                    ErrorCode.TICKET_INVALID,
                    reason);
            assertRefused(
                    identify(false, source, Headers.empty(), "a", "x.y"),
                    ErrorCode.TICKET_INVALID,
                    reason);
        }
        assertThat(lookup.restored).isEmpty();
    }

    @Test
    void aRevokedTicketIsRefused() {
        assertRefused(
                identify(false, A, Headers.empty(), "a", ticket("a", A)),
                ErrorCode.UNKNOWN_CONTAINER,
                "Unknown source IP: 10.0.0.5; the ticket presented for container a was revoked");
    }

    @Test
    void aRestoredContainerMustStillAgreeWithItsHeader() {
        lookup.restorable = true;
        assertRefused(
                identify(false, A, Headers.of("X-Container-Id", "b"), "a", ticket("a", A)),
                ErrorCode.CONTAINER_MISMATCH,
                "Container ID mismatch: header=b, registered=a");
    }

    /** A registry of two maps. */
    private static final class FakeLookup implements ContainerLookup {
        private final Map<IpAddress, Container> registered = new HashMap<>();
        private final Map<IpAddress, String> expired = new HashMap<>();
        private final List<Container> seen = new ArrayList<>();
        private final List<String> restored = new ArrayList<>();
        private boolean restorable;

        private void put(Container container) {
            registered.put(container.address(), container);
        }

        @Override
        public Finding find(IpAddress address) {
            if (registered.containsKey(address)) {
                return new Finding.Registered(registered.get(address));
            }
            return expired.containsKey(address)
                    ? new Finding.Expired(expired.get(address))
                    : new Finding.Absent();
        }

        @Override
        public void seen(Container container) {
            seen.add(container);
        }

        @Override
        public Finding restore(Container claimed, Instant issuedAt) {
            if (!restorable) {
                return new Finding.Absent();
            }
            restored.add(claimed.id() + "@" + claimed.address().text());
            put(claimed);
            return new Finding.Registered(claimed);
        }
    }
}
