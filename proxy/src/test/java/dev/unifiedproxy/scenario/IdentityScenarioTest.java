package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.control.NewRegistration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Who is asking: cases C-01 to C-09, revocation and tickets. */
@Timeout(60)
class IdentityScenarioTest {
    private static final String UNKNOWN = "403 identity.unknown_container";
    private static final String URL = "http://plain.example/x";

    @RegisterExtension
    static final ProxyUnderTest PROXY = ProxyUnderTest.allowing("plain.example", "github.com");

    private static Client stranger() {
        return PROXY.client(ProxyUnderTest.STRANGER);
    }

    @Test
    void unknownAddressIsRefused() throws IOException {
        Reply reply = stranger().get(URL);
        PROXY.assertRefused(reply, UNKNOWN);
        assertThat(reply.field("content-type")).startsWith("text/plain");
        assertThat(reply.body())
                .startsWith("Forbidden: Container identity verification failed")
                .contains("unknown container")
                .doesNotContain(ProxyUnderTest.CONTAINER);
    }

    @Test
    void unknownAddressIsRefusedAtConnect() throws IOException {
        PROXY.assertRefused(stranger().askTunnel("github.com:443"), UNKNOWN);
    }

    @Test
    void headerThatAgreesEndsHere() throws IOException {
        Reply reply =
                PROXY.client().get(URL, "X-Container-Id: " + ProxyUnderTest.CONTAINER, "X-Mine: a");
        SeenRequest seen = PROXY.assertForwarded(reply);
        assertThat(seen.all("x-container-id")).isEmpty();
        assertThat(seen.all("x-mine")).containsExactly("a");
    }

    @Test
    void headerThatDisagreesIsRefused() throws IOException {
        PROXY.assertRefused(
                PROXY.client().get(URL, "X-Container-Id: " + ProxyUnderTest.BOT),
                "403 identity.container_mismatch");
    }

    @Test
    void otherFieldsPassUnchanged() throws IOException {
        SeenRequest seen =
                PROXY.assertForwarded(PROXY.client().get(URL, "X-A: 1", "x-b:  2 ", "X-A: 3"));
        assertThat(seen.all("x-a")).containsExactly("1", "3");
        assertThat(seen.all("x-b")).containsExactly("2");
    }

    @Test
    void headersNeverGrant() throws IOException {
        for (String field :
                new String[] {
                    "X-Container-Id: " + ProxyUnderTest.CONTAINER,
                    "X-Forwarded-For: " + ProxyUnderTest.REGISTERED,
                    "Forwarded: for=" + ProxyUnderTest.REGISTERED,
                    "X-Real-IP: " + ProxyUnderTest.REGISTERED
                }) {
            PROXY.assertRefused(stranger().get(URL, field), UNKNOWN);
        }
    }

    @Test
    void noPathIsExcepted() throws IOException {
        PROXY.assertRefused(stranger().get("http://plain.example/internal/metrics"), UNKNOWN);
    }

    @Test
    void clientAddressDoesNotGoUpstream() throws IOException {
        Reply reply =
                PROXY.client()
                        .get(URL, "X-Forwarded-For: 10.9.8.7", "Forwarded: for=a", "X-Real-IP: b");
        assertThat(PROXY.assertForwarded(reply).text())
                .doesNotContain("10.9.8.7", "orwarded", "X-Real-IP", ProxyUnderTest.REGISTERED);
    }

    @Test
    void removalClosesConnectionsAndRefusesTheNextRequest() throws Exception {
        PROXY.register("leaving", "127.0.0.11");
        Client client = PROXY.client("127.0.0.11");
        try (Connection tunnel = client.tunnel("github.com:443");
                Connection idle = client.connect()) {
            tunnel.write("GET / HTTP/1.1\r\nHost: github.com\r\n\r\n");
            assertThat(tunnel.read().status()).isEqualTo(200);
            idle.write("GET " + URL + " HTTP/1.1\r\nHost: plain.example\r\n\r\n");
            assertThat(idle.read().status()).isEqualTo(200);
            PROXY.control().remove("leaving");
            Instant removed = Instant.now();
            assertThat(tunnel.closed()).isTrue();
            assertThat(idle.closed()).isTrue();
            assertThat(Duration.between(removed, Instant.now())).isLessThan(Duration.ofSeconds(5));
        }
        assertThat(client.get(URL).outcome()).isEqualTo(UNKNOWN);
    }

    @Test
    void removalEndsADownloadInProgress() throws Exception {
        PROXY.register("downloading", "127.0.0.12");
        PROXY.upstream().script().closeGate();
        try (Connection tunnel = PROXY.client("127.0.0.12").tunnel("github.com:443")) {
            tunnel.write("GET /sse HTTP/1.1\r\nHost: github.com\r\n\r\n");
            tunnel.readUntil("data: first");
            PROXY.control().remove("downloading");
            assertThatThrownBy(() -> tunnel.readUntil("data: second"))
                    .isInstanceOf(IOException.class);
        } finally {
            PROXY.upstream().script().openGate();
        }
    }

    @Test
    void registrationCountsAtOnce() throws Exception {
        Client client = PROXY.client("127.0.0.13");
        assertThat(client.get(URL).outcome()).isEqualTo(UNKNOWN);
        PROXY.register("arriving", "127.0.0.13");
        assertThat(client.get(URL).status()).isEqualTo(200);
    }

    @Test
    void expiryRefusesTheNextRequest() throws Exception {
        PROXY.control()
                .register(
                        new NewRegistration(
                                "short", "127.0.0.14", Duration.ofSeconds(1), Map.of()));
        Instant registered = Instant.now();
        org.awaitility.Awaitility.await()
                .until(() -> Duration.between(registered, Instant.now()).toMillis() > 1_200);
        assertThat(PROXY.client("127.0.0.14").get(URL).outcome()).isEqualTo(UNKNOWN);
    }

    @Test
    void ticketOfAnotherContainerOrAddressIsRefused() throws Exception {
        String ticket = PROXY.register("ticketed", "127.0.0.15");
        String login = "ticketed:" + ticket;
        assertThat(PROXY.client("127.0.0.15").with(login).get(URL).status()).isEqualTo(200);
        String refused = "403 identity.ticket_invalid";
        assertThat(stranger().with(login).get(URL).outcome()).isEqualTo(refused);
        assertThat(PROXY.client().with(login).get(URL).outcome()).isEqualTo(refused);
        assertThat(
                        PROXY.client("127.0.0.15")
                                .with(ProxyUnderTest.CONTAINER + ":" + ticket)
                                .get(URL)
                                .outcome())
                .isEqualTo(refused);
        String forged = ticket.substring(0, ticket.length() - 2) + "AA";
        assertThat(PROXY.client("127.0.0.15").with("ticketed:" + forged).get(URL).outcome())
                .isEqualTo(refused);
    }

    @Test
    void ticketDoesNotGoUpstream() throws Exception {
        String ticket = PROXY.register("private", "127.0.0.16");
        Client client = PROXY.client("127.0.0.16").with("private:" + ticket);
        assertThat(PROXY.assertForwarded(client.get(URL)).text()).doesNotContain(ticket, "roxy-");
    }

    @Test
    void removedContainersTicketRestoresNothing() throws Exception {
        String ticket = PROXY.register("gone", "127.0.0.17");
        PROXY.control().remove("gone");
        Client client = PROXY.client("127.0.0.17").with("gone:" + ticket);
        assertThat(client.get(URL).outcome()).isEqualTo(UNKNOWN);
        assertThat(client.askTunnel("github.com:443").outcome()).isEqualTo(UNKNOWN);
    }
}
