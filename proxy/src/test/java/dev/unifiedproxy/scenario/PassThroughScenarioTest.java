package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;

import javax.net.ssl.SSLHandshakeException;

/** TLS that is passed through: for listed hosts, behind a ClientHello that names them. */
@Timeout(60)
class PassThroughScenarioTest {
    private static final CountingServer COUNTER = CountingServer.start();

    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing(
                            "pinned.example",
                            "notpinned.example",
                            "a.pinned.example",
                            "wild.example",
                            "deep.wild.example",
                            "api.openai.com")
                    .allowingUnresolved("private.example", "rebind.example", "counter.example")
                    .resolving("unlisted.example")
                    .hostsLine(COUNTER.address() + " counter.example")
                    .setting(
                            "PROXY_TLS_PASSTHROUGH",
                            "Pinned.Example,*.wild.example:443,api.openai.com,private.example,"
                                    + "rebind.example,counter.example,unlisted.example");

    private final Instant begin = Instant.now();

    @AfterAll
    static void stop() throws IOException {
        COUNTER.close();
    }

    /** A client that trusts the server's authority and not the proxy's: a pinned one. */
    private static Client pinned() throws Exception {
        return new Client(
                ProxyUnderTest.REGISTERED,
                PROXY.proxy().ports().proxy(),
                TlsClients.trusting(PROXY.upstream().authorityFile()),
                new Transcript(),
                "");
    }

    private static X509Certificate shownCa(Connection tunnel) throws IOException {
        return (X509Certificate) tunnel.tls().getSession().getPeerCertificates()[1];
    }

    @ParameterizedTest
    @CsvSource({
        "pinned.example:443, pinned.example",
        "PINNED.example:443, pinned.example",
        "pinned.example.:443, Pinned.EXAMPLE",
        "wild.example:443, wild.example",
        "deep.wild.example:443, deep.wild.example",
    })
    void aPinnedClientSeesTheServersOwnCertificate(String authority, String name) throws Exception {
        try (Connection tunnel = pinned().tunnel(authority, Optional.of(name))) {
            assertThat(shownCa(tunnel).getBasicConstraints()).isZero();
            tunnel.write("GET /x HTTP/1.1\r\nHost: " + name + "\r\n\r\n");
            PROXY.assertForwarded(tunnel.read());
        }
        JsonNode record = record("passthrough");
        assertThat(record.path("outcome").asString()).isEqualTo("allowed");
        assertThat(record.path("status").asInt()).isEqualTo(200);
        assertThat(record.path("upstream").asString()).isEqualTo(PROXY.upstream().address());
        assertThat(record.path("request_bytes").asLong()).isGreaterThan(200);
        assertThat(record.path("response_bytes").asLong()).isGreaterThan(200);
        assertThat(PROXY.metrics("127.0.0.1")).contains("method=\"PASSTHROUGH\"");
    }

    @Test
    void largeBodiesGoBothWays() throws Exception {
        int size = 3_000_000;
        try (Connection tunnel = pinned().tunnel("pinned.example:443")) {
            tunnel.write(
                    "POST /bytes/5000000 HTTP/1.1\r\nHost: pinned.example\r\nContent-Length: "
                            + size
                            + "\r\n\r\n"
                            + "x".repeat(size));
            assertThat(tunnel.read().body()).hasSize(5_000_000);
        }
        assertThat(PROXY.upstream().only().bodyBytes()).isEqualTo(size);
        JsonNode record = record("passthrough");
        assertThat(record.path("request_bytes").asLong()).isGreaterThan(size);
        assertThat(record.path("response_bytes").asLong()).isGreaterThan(5_000_000);
    }

    /** A host that has a credential gets none here, and the client's own goes by. */
    @Test
    void noCredentialIsAttached() throws Exception {
        try (Connection tunnel = pinned().tunnel("api.openai.com:443")) {
            tunnel.write(
                    "GET /v1 HTTP/1.1\r\n"
                            + "Host: api.openai.com\r\n"
                            + "Authorization: Bearer mine\r\n\r\n");
            assertThat(PROXY.assertForwarded(tunnel.read()).all("authorization"))
                    .containsExactly("Bearer mine");
        }
        assertThat(record("passthrough").path("credential").asString("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"notpinned.example", "a.pinned.example"})
    void aNearMissIsIntercepted(String host) throws Exception {
        assertThatThrownBy(() -> pinned().tunnel(host + ":443"))
                .isInstanceOf(SSLHandshakeException.class);
        PROXY.assertUpstreamUntouched();
        PROXY.assertForwarded(PROXY.client().inside(host, "GET /x"));
    }

    @Test
    void theListAllowsNothing() throws Exception {
        PROXY.assertRefused(
                pinned().askTunnel("unlisted.example:443"), "403 policy.host_not_allowed");
        PROXY.assertRefused(
                pinned().askTunnel("pinned.example:8443"), "403 policy.port_not_allowed");
    }

    @Test
    void aStrangerGetsNoTunnel() throws Exception {
        PROXY.assertRefused(
                PROXY.client(ProxyUnderTest.STRANGER).askTunnel("pinned.example:443"),
                "403 identity.unknown_container");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "notpinned.example",
                "a.pinned.example",
                "pinned.example.evil.example",
                "pinned.example.."
            })
    void anotherServerNameReachesNobody(String name) {
        assertThatThrownBy(() -> pinned().tunnel("pinned.example:443", Optional.of(name)))
                .isInstanceOf(IOException.class);
        assertRefusedAs("tls.sni_mismatch");
    }

    @Test
    void noServerNameReachesNobody() {
        assertThatThrownBy(() -> pinned().tunnel("pinned.example:443", Optional.empty()))
                .isInstanceOf(IOException.class);
        assertRefusedAs("tls.sni_mismatch");
    }

    @Test
    void anEncryptedClientHelloReachesNobody() throws Exception {
        try (Connection tunnel = pinned().rawTunnel("pinned.example:443")) {
            tunnel.write(RawHello.withEncryptedHello("pinned.example"));
            assertThat(tunnel.closedAfterRest()).isTrue();
        }
        assertRefusedAs("tls.sni_mismatch");
    }

    /** Where TLS is ended here, what cannot be read is not obeyed: the client gets our leaf. */
    @Test
    void anEncryptedClientHelloIsHarmlessWhereTlsIsEndedHere() throws Exception {
        try (Connection tunnel = PROXY.client().rawTunnel("notpinned.example:443")) {
            tunnel.write(RawHello.withEncryptedHello("notpinned.example"));
            assertThat(tunnel.read(1)).isEqualTo("\u0016");
        }
        PROXY.assertUpstreamUntouched();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET / HTTP/1.1\r\nHost: pinned.example\r\n\r\n", "SSH-2.0-x\r\n", "\u0000"})
    void whatIsNotTlsReachesNobody(String bytes) throws Exception {
        try (Connection tunnel = pinned().rawTunnel("pinned.example:443")) {
            tunnel.write(bytes);
            assertThat(tunnel.closed()).isTrue();
        }
        assertRefusedAs("tls.required");
    }

    @Test
    void aPrivateAddressIsNotDialled() {
        PROXY.dns().put("private.example", "93.184.216.34", PROXY.upstream().address());
        assertThatThrownBy(() -> pinned().tunnel("private.example:443"))
                .isInstanceOf(IOException.class);
        assertRefusedAs("upstream.address_forbidden");
        PROXY.dns().put("rebind.example", "10.0.0.1");
        assertThatThrownBy(() -> pinned().tunnel("rebind.example:443"))
                .isInstanceOf(IOException.class);
        assertRefusedAs("upstream.address_forbidden");
    }

    @Test
    void eachHalfOfACloseIsPassedOn() throws Exception {
        String hello = RawHello.of("counter.example");
        try (Connection tunnel = pinned().rawTunnel("counter.example:443")) {
            tunnel.write(hello);
            tunnel.write("x".repeat(1000));
            tunnel.socket().shutdownOutput();
            String expected = "after the end: " + (hello.length() + 1000);
            assertThat(tunnel.read(expected.length())).isEqualTo(expected);
            assertThat(tunnel.closed()).isTrue();
        }
        assertThat(record("passthrough").path("outcome").asString()).isEqualTo("allowed");
    }

    @Test
    void aServerThatResetsBreaksTheTunnel() throws Exception {
        try (Connection tunnel = pinned().rawTunnel("counter.example:443")) {
            tunnel.write(RawHello.of("counter.example"));
            await().until(() -> COUNTER.open() == 1);
            COUNTER.reset();
            assertThat(tunnel.closed()).isTrue();
        }
        JsonNode record = record("passthrough");
        assertThat(record.path("outcome").asString()).isEqualTo("broken");
        assertThat(record.path("code").asString()).isEqualTo("upstream.closed");
    }

    @Test
    void aRemovedContainerLosesItsTunnels() throws Exception {
        PROXY.register("short-lived", "127.0.0.9");
        Client client =
                new Client(
                        "127.0.0.9",
                        PROXY.proxy().ports().proxy(),
                        TlsClients.trusting(PROXY.upstream().authorityFile()),
                        new Transcript(),
                        "");
        try (Connection tunnel = client.tunnel("pinned.example:443")) {
            PROXY.control().remove("short-lived");
            assertThat(tunnel.closed()).isTrue();
        }
        assertThat(record("passthrough").path("outcome").asString()).isEqualTo("broken");
    }

    private void assertRefusedAs(String code) {
        JsonNode record = record("passthrough", code);
        assertThat(record.path("outcome").asString()).isEqualTo("refused");
        PROXY.assertUpstreamUntouched();
    }

    private JsonNode record(String kind) {
        return record(kind, "");
    }

    /** A tunnel has no answer that would carry the request's id, so its time tells it. */
    private JsonNode record(String kind, String code) {
        return await().until(() -> find(kind, code), Optional::isPresent).orElseThrow();
    }

    private Optional<JsonNode> find(String kind, String code) throws IOException {
        return PROXY.records().stream()
                .filter(each -> !Instant.parse(each.path("time").asString()).isBefore(begin))
                .filter(each -> each.path("kind").asString().equals(kind))
                .filter(each -> each.path("code").asString("").startsWith(code))
                .findFirst();
    }
}
