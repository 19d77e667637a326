package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;

/** Which names pass, and how they look in TLS: cases D-01 to D-24, S-06. */
@Timeout(60)
class DomainScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing("github.com", "*.github.com", "pypi.org", "!blocked.github.com")
                    .resolving("api.github.com", "a.b.github.com", "blocked.github.com");

    @ParameterizedTest
    @ValueSource(strings = {"github.com", "api.github.com", "a.b.github.com", "pypi.org"})
    void allowedNamePasses(String host) throws IOException {
        SeenRequest seen = PROXY.assertForwarded(PROXY.client().inside(host, "GET /user?y=z"));
        assertThat(seen.line()).isEqualTo("GET /user?y=z HTTP/1.1");
        assertThat(seen.all("host")).containsExactly(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "pastebin.com",
                "httpbin.org",
                "webhook.site",
                "evil.com",
                "notgithub.com",
                "github.com.evil.example",
                "api.pypi.org"
            })
    void otherNameIsRefused(String host) throws IOException {
        Reply reply = PROXY.client().askTunnel(host + ":443");
        PROXY.assertRefused(reply, "403 policy.host_not_allowed");
        assertThat(reply.field("x-sandbox-blocked")).isEqualTo("true");
        assertThat(reply.field("content-type")).startsWith("text/plain");
        assertThat(reply.field("proxy-status")).contains("error=http_request_denied");
        assertThat(reply.body())
                .startsWith("Forbidden: Request denied by policy engine")
                .contains("'" + host + "'", "to fix:", reply.requestId());
        PROXY.assertRefused(
                PROXY.client().get("http://" + host + "/"), "403 policy.host_not_allowed");
    }

    @Test
    void denialWinsOverTheWildcard() throws IOException {
        PROXY.assertRefused(
                PROXY.client().askTunnel("blocked.github.com:443"), "403 policy.host_blocked");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GITHUB.COM", "github.com.", "GitHub.com"})
    void spellingIsTheSameName(String host) throws IOException {
        try (Connection tunnel =
                PROXY.client().tunnel(host + ":443", java.util.Optional.of("github.com"))) {
            tunnel.write("GET /x HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            SeenRequest seen = PROXY.assertForwarded(tunnel.read());
            assertThat(seen.all("host")).containsExactly("github.com");
            assertThat(seen.all("authorization")).singleElement().asString().startsWith("Basic ");
        }
    }

    @Test
    void doublyEncodedPathPassesWhereNoRuleReadsIt() throws IOException {
        Reply reply = PROXY.client().inside("pypi.org", "GET /simple/a%2525b/");
        assertThat(PROXY.assertForwarded(reply).line()).isEqualTo("GET /simple/a%2525b/ HTTP/1.1");
    }

    @Test
    void refusalInJsonForWhoeverPrefersIt() throws IOException {
        Reply reply = PROXY.client().get("http://evil.example/", "Accept: application/json");
        assertThat(reply.field("content-type")).isEqualTo("application/json");
        assertThat(reply.body()).contains("\"code\": \"policy.host_not_allowed\"");
    }

    @Test
    void leafIsForExactlyTheNameOfTheTunnel() throws Exception {
        try (Connection tunnel = PROXY.client().tunnel("a.b.github.com:443")) {
            Certificate[] chain = tunnel.tls().getSession().getPeerCertificates();
            X509Certificate leaf = (X509Certificate) chain[0];
            assertThat(leaf.getSubjectAlternativeNames()).hasToString("[[2, a.b.github.com]]");
        }
    }

    @Test
    void decisionIsLogged() throws IOException {
        Reply refused = PROXY.client().get("http://evil.example/logged");
        assertThat(PROXY.logLines(refused.requestId()))
                .extracting(line -> line.path("message").asString())
                .anyMatch(
                        m ->
                                m.startsWith(
                                        "Policy decision: DENY - GET evil.example/logged -"
                                                + " container=sandbox-123 - policy=allowlist -"
                                                + " reason="));
    }
}
