package dev.unifiedproxy.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.scenario.Connection;
import dev.unifiedproxy.scenario.ProxyUnderTest;
import dev.unifiedproxy.scenario.Reply;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** threats.md section 1: which host is it? */
@Timeout(60)
class ConnectAuthorityAttacksScenarioTest {
    private final Instant begin = Instant.now();

    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing("github.com", "api.github.com", "odd.example:8443")
                    .resolving("evil.example");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api.github.com",
                "evil.example",
                "github.com:8443",
                "github.com:80",
                "notgithub.com",
                "[::1]"
            })
    void threat001_innerHostDiffersFromConnectTarget(String host) throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("github.com:443")) {
            tunnel.write("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            PROXY.assertRefused(tunnel.read(), "421 http.misdirected");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"github.com", "GitHub.Com", "github.com:443", "github.com."})
    void threat001_nearMissSameHostInOtherSpelling(String host) throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("github.com:443")) {
            tunnel.write("GET /x HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            assertThat(PROXY.assertForwarded(tunnel.read()).all("host"))
                    .containsExactly("github.com");
        }
    }

    @Test
    void threat001_laterRequestOfTheTunnelDiffers() throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("github.com:443")) {
            tunnel.write("GET /1 HTTP/1.1\r\nHost: github.com\r\n\r\n");
            PROXY.assertForwarded(tunnel.read());
            tunnel.write("GET /2 HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            assertThat(tunnel.read().outcome()).isEqualTo("421 http.misdirected");
        }
        assertThat(PROXY.upstream().seen()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"api.github.com", "evil.example", "github.com.evil.example"})
    void threat002_innerHostAndServerNameAgreeAgainstConnectTarget(String name) throws Exception {
        assertThatThrownBy(() -> PROXY.client().tunnel("github.com:443", Optional.of(name)))
                .isInstanceOf(IOException.class);
        assertLastRecordIs("tls.sni_mismatch");
        PROXY.assertUpstreamUntouched();
    }

    @Test
    void threat002_nearMissServerNameInUpperCase() throws IOException {
        try (Connection tunnel =
                PROXY.client().tunnel("github.com:443", Optional.of("GITHUB.com"))) {
            tunnel.write("GET / HTTP/1.1\r\nHost: github.com\r\n\r\n");
            PROXY.assertForwarded(tunnel.read());
        }
    }

    @Test
    void threat003_noServerName() throws Exception {
        assertThatThrownBy(() -> PROXY.client().tunnel("github.com:443", Optional.empty()))
                .isInstanceOf(IOException.class);
        assertLastRecordIs("tls.sni_mismatch");
        PROXY.assertUpstreamUntouched();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SSH-2.0-OpenSSH_9.9\r\n", "GET / HTTP/1.1\r\nHost: github.com\r\n\r\n"})
    void threat003_noTlsAtAll(String bytes) throws Exception {
        try (Connection tunnel = PROXY.client().rawTunnel("github.com:443")) {
            tunnel.write(bytes);
            assertThat(tunnel.closed()).isTrue();
        }
        assertLastRecordIs("tls.required");
        PROXY.assertUpstreamUntouched();
    }

    @ParameterizedTest
    @ValueSource(strings = {"github.com", "evil.example:81", "evil.example.github.com"})
    void threat008_absoluteFormAgainstHost(String host) throws IOException {
        Reply reply =
                PROXY.client()
                        .send("GET http://evil.example/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        PROXY.assertRefused(reply, "400 http.host_mismatch");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/",
                "http://github.com/",
                "https://api.github.com/",
                "https://github.com:8443/"
            })
    void threat008_absoluteFormInsideTunnel(String target) throws IOException {
        Reply reply = PROXY.client().inside("github.com", "GET " + target);
        PROXY.assertRefused(reply, "421 http.misdirected");
    }

    @Test
    void threat008_nearMissAbsoluteFormOfTheTunnel() throws IOException {
        Reply reply = PROXY.client().inside("github.com", "GET https://github.com/x");
        assertThat(PROXY.assertForwarded(reply).line()).isEqualTo("GET /x HTTP/1.1");
    }

    @Test
    void threat008_connectWhoseHostDiffers() throws IOException {
        Reply reply =
                PROXY.client()
                        .send(
                                "CONNECT evil.example:443 HTTP/1.1\r\nHost: github.com:443"
                                        + "\r\n\r\n");
        PROXY.assertRefused(reply, "400 http.host_mismatch");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.3.4:443", "[2606:4700::1111]:443", "127.0.0.1:443", "1.2.3.4:80"})
    void threat012_connectToAddress(String authority) throws IOException {
        PROXY.assertRefused(PROXY.client().askTunnel(authority), "403 policy.ip_literal");
    }

    @ParameterizedTest
    @ValueSource(ints = {22, 25, 853, 8443, 8080, 1, 65535})
    void threat013_oddPort(int port) throws IOException {
        PROXY.assertRefused(
                PROXY.client().askTunnel("github.com:" + port), "403 policy.port_not_allowed");
    }

    @ParameterizedTest
    @ValueSource(ints = {443, 80})
    void threat013_portRuleIsForThatPortAlone(int port) throws IOException {
        PROXY.assertRefused(
                PROXY.client().askTunnel("odd.example:" + port), "403 policy.port_not_allowed");
    }

    @Test
    void threat013_nearMissPortOfTheRule() throws IOException {
        assertThat(PROXY.client().askTunnel("odd.example:8443").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"github.com:0", "github.com:65536", "github.com:", "github.com"})
    void threat013_noPortAtAll(String authority) throws IOException {
        Reply reply =
                PROXY.client()
                        .send("CONNECT " + authority + " HTTP/1.1\r\nHost: github.com\r\n\r\n");
        PROXY.assertRefused(reply, "400 http.malformed");
    }

    @Test
    void threat015_plainHttpIsJudgedToo() throws IOException {
        PROXY.assertRefused(
                PROXY.client().get("http://evil.example/"), "403 policy.host_not_allowed");
    }

    @Test
    void threat015_plainHttpThroughTunnelIsJudgedToo() throws IOException {
        PROXY.assertRefused(
                PROXY.client().askTunnel("evil.example:80"), "403 policy.host_not_allowed");
        try (Connection tunnel = PROXY.client().rawTunnel("github.com:80")) {
            tunnel.write("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            PROXY.assertRefused(tunnel.read(), "421 http.misdirected");
        }
    }

    /** A broken tunnel has no answer that would carry the request's id, so its time tells it. */
    private void assertLastRecordIs(String code) {
        await().untilAsserted(
                        () ->
                                assertThat(PROXY.records())
                                        .filteredOn(this::beganInThisTest)
                                        .extracting(record -> record.path("code").asString())
                                        .contains(code));
    }

    private boolean beganInThisTest(JsonNode record) {
        return !Instant.parse(record.path("time").asString()).isBefore(begin);
    }
}
