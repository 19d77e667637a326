package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Which credential goes where: cases I-01 to I-19. */
@Timeout(60)
class CredentialScenarioTest {
    private static final String PLACEHOLDER = "CREDENTIAL_PROXY_PLACEHOLDER";

    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing(
                            "api.anthropic.com",
                            "api.openai.com",
                            "generativelanguage.googleapis.com",
                            "api.tavily.com",
                            "api.semanticscholar.org",
                            "api.z.ai",
                            "api.github.com",
                            "github.com",
                            "pypi.org",
                            "self-signed.example",
                            "wrong-name.example",
                            "expired.example")
                    .resolving("api.perplexity.ai", "elsewhere.example")
                    .allowingUnresolved("api.anthropic.com:8443");

    @ParameterizedTest
    @CsvSource({
        "api.anthropic.com, x-api-key, '', ANTHROPIC_API_KEY",
        "api.openai.com, Authorization, 'Bearer ', OPENAI_API_KEY",
        "generativelanguage.googleapis.com, x-goog-api-key, '', GOOGLE_API_KEY",
        "api.tavily.com, Authorization, 'Bearer ', TAVILY_API_KEY",
        "api.semanticscholar.org, x-api-key, '', SEMANTIC_SCHOLAR_API_KEY",
        "api.z.ai, x-api-key, '', ZHIPU_API_KEY",
        "api.github.com, Authorization, 'Bearer ', GITHUB_TOKEN"
    })
    void credentialStandsOnTheRequestOnce(String host, String field, String prefix, String variable)
            throws IOException {
        Reply reply =
                PROXY.client()
                        .inside(host, "GET /user", field + ": " + prefix + PLACEHOLDER, "X-A: b");
        SeenRequest seen = PROXY.assertForwarded(reply);
        assertThat(seen.secure()).isTrue();
        assertThat(seen.port()).isEqualTo(443);
        assertThat(seen.all(field)).containsExactly(prefix + Canaries.of(variable));
        assertThat(seen.text()).doesNotContain(PLACEHOLDER).contains("X-A: b");
    }

    @Test
    void gitHostTakesBasic() throws IOException {
        Reply reply =
                PROXY.client()
                        .inside(
                                "github.com",
                                "GET /o/r.git/info/refs?service=git-upload-pack",
                                "Authorization: Basic bWluZTptaW5l");
        String expected =
                Base64.getEncoder()
                        .encodeToString(
                                ("x-access-token:" + Canaries.of("GITHUB_TOKEN"))
                                        .getBytes(StandardCharsets.US_ASCII));
        assertThat(PROXY.assertForwarded(reply).all("authorization"))
                .containsExactly("Basic " + expected);
    }

    @Test
    void requestWithoutAnyCredentialFieldGetsOne() throws IOException {
        Reply reply = PROXY.client().inside("api.anthropic.com", "POST /v1/x", "Content-Length: 0");
        assertThat(PROXY.assertForwarded(reply).all("x-api-key"))
                .containsExactly(Canaries.of("ANTHROPIC_API_KEY"));
    }

    @Test
    void unboundHostKeepsItsAuthorization() throws IOException {
        Reply reply =
                PROXY.client().inside("pypi.org", "GET /simple/", "Authorization: Basic YTpi");
        assertThat(PROXY.assertForwarded(reply).all("authorization")).containsExactly("Basic YTpi");
    }

    @Test
    void keyNeverGoesOverPlainHttp() throws IOException {
        Reply reply = PROXY.client().get("http://api.anthropic.com/v1/x");
        PROXY.assertRefused(reply, "403 credential.needs_tls");
        assertThat(reply.body()).contains("https://api.anthropic.com");
        try (Connection tunnel = PROXY.client().rawTunnel("api.anthropic.com:80")) {
            tunnel.write("GET / HTTP/1.1\r\nHost: api.anthropic.com\r\n\r\n");
            PROXY.assertRefused(tunnel.read(), "403 credential.needs_tls");
        }
    }

    @Test
    void tlsOnPortEightyIsNotTheBoundPort() throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:80")) {
            tunnel.write("GET / HTTP/1.1\r\nHost: api.anthropic.com:80\r\n\r\n");
            PROXY.assertRefused(tunnel.read(), "403 credential.needs_tls");
        }
    }

    @Test
    void keyNeverGoesToAnotherPort() throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:8443")) {
            tunnel.write("GET / HTTP/1.1\r\nHost: api.anthropic.com:8443\r\n\r\n");
            PROXY.assertRefused(tunnel.read(), "403 credential.needs_tls");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"self-signed.example", "wrong-name.example", "expired.example"})
    void serverThatCannotBeVerifiedSeesNoRequest(String host) throws IOException {
        Reply reply = PROXY.client().inside(host, "GET /x", "Authorization: Bearer mine");
        assertThat(reply.outcome()).isEqualTo("502 upstream.tls_failed");
        assertThat(reply.body()).doesNotContain("Exception", "PKIX", "java", "netty");
        assertThat(PROXY.upstream().seen()).isEmpty();
    }

    @Test
    void redirectIsTheClientsToFollow() throws IOException {
        Reply reply =
                PROXY.client()
                        .inside(
                                "api.anthropic.com",
                                "GET /redirect?to=https://elsewhere.example/steal");
        assertThat(reply.status()).isEqualTo(302);
        assertThat(reply.field("location")).isEqualTo("https://elsewhere.example/steal");
        assertThat(PROXY.upstream().seen()).hasSize(1);
    }

    @Test
    void deniedHostIsDeniedBeforeItsCredentialIsMissed() throws IOException {
        PROXY.assertRefused(
                PROXY.client().askTunnel("api.perplexity.ai:443"), "403 policy.host_not_allowed");
    }

    @Test
    void injectionIsLoggedWithoutTheValue() throws Exception {
        PROXY.assertForwarded(PROXY.client().inside("api.anthropic.com", "GET /logged"));
        String id =
                org.awaitility.Awaitility.await()
                        .until(
                                () ->
                                        PROXY.records().stream()
                                                .filter(
                                                        r ->
                                                                r.path("path")
                                                                        .asString()
                                                                        .equals("/logged"))
                                                .map(r -> r.path("request_id").asString())
                                                .findFirst()
                                                .orElse(""),
                                found -> !found.isEmpty());
        assertThat(PROXY.logLines(id))
                .extracting(line -> line.path("message").asString())
                .anyMatch(
                        m ->
                                m.equals(
                                        "Injected x-api-key for api.anthropic.com (container:"
                                                + " sandbox-123)"));
    }
}
