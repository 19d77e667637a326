package dev.unifiedproxy.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.scenario.Canaries;
import dev.unifiedproxy.scenario.Connection;
import dev.unifiedproxy.scenario.ProxyUnderTest;
import dev.unifiedproxy.scenario.Reply;
import dev.unifiedproxy.scenario.SeenRequest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/** threats.md section 8: the credential at the wrong place. */
@Timeout(60)
class InjectionAttacksScenarioTest {
    private static final String PLACEHOLDER = "CREDENTIAL_PROXY_PLACEHOLDER";
    private static final String KEY = Canaries.of("ANTHROPIC_API_KEY");

    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing(
                            "api.anthropic.com",
                            "console.anthropic.com",
                            "api.anthropic.com.evil.example",
                            "api.perplexity.ai",
                            "free.example")
                    .allowingUnresolved("api.openai.com", "api.anthropic.com:8443");

    @ParameterizedTest
    @ValueSource(
            strings = {"console.anthropic.com", "api.anthropic.com.evil.example", "free.example"})
    void threat062_nameNearTheBoundOne(String host) throws IOException {
        Reply reply = PROXY.client().inside(host, "GET /x", "x-api-key: " + PLACEHOLDER);
        SeenRequest seen = PROXY.assertForwarded(reply);
        assertThat(seen.text()).doesNotContain(KEY, PLACEHOLDER);
        assertThat(seen.all("x-api-key")).isEmpty();
    }

    @Test
    void threat062_pathAndQueryNameTheBoundHost() throws IOException {
        Reply reply =
                PROXY.client()
                        .inside(
                                "free.example",
                                "GET /api.anthropic.com/?u=https://api.anthropic.com");
        assertThat(PROXY.assertForwarded(reply).text()).doesNotContain(KEY);
    }

    @Test
    void threat062_connectionOfABoundHostIsNotUsedForAnother() throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            tunnel.write("GET /1 HTTP/1.1\r\nHost: api.anthropic.com\r\n\r\n");
            PROXY.assertForwarded(tunnel.read());
        }
        PROXY.upstream().forget();
        Reply reply = PROXY.client().inside("free.example", "GET /2");
        assertThat(PROXY.assertForwarded(reply).text()).doesNotContain(KEY);
        assertThat(PROXY.upstream().connections()).isEqualTo(1);
    }

    @Test
    void threat062_otherPortOfTheBoundHost() throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:8443")) {
            tunnel.write("GET / HTTP/1.1\r\nHost: api.anthropic.com:8443\r\n\r\n");
            PROXY.assertRefused(tunnel.read(), "403 credential.needs_tls");
        }
    }

    @Test
    void threat063_noResolverAnswer() throws IOException {
        Reply reply =
                PROXY.client()
                        .inside("api.openai.com", "GET /", "Authorization: Bearer " + PLACEHOLDER);
        PROXY.assertRefused(reply, "502 upstream.dns_failed");
    }

    @Test
    void threat063_missingCredentialIsNoAnonymousRequest() throws IOException {
        Reply reply =
                PROXY.client()
                        .inside(
                                "api.perplexity.ai",
                                "GET /",
                                "Authorization: Bearer " + PLACEHOLDER);
        PROXY.assertRefused(reply, "500 credential.missing");
        assertThat(reply.body()).contains("Credential not configured for this provider");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/x?key=CREDENTIAL_PROXY_PLACEHOLDER",
                "/CREDENTIAL_PROXY_PLACEHOLDER",
                "/x?key=CREDENTIAL%5FPROXY_PLACEHOLDER",
                "/x?key=%43REDENTIAL_PROXY_PLACEHOLDER"
            })
    void threat063_placeholderInTarget(String target) throws IOException {
        for (String host : new String[] {"api.anthropic.com", "free.example"}) {
            PROXY.assertRefused(
                    PROXY.client().inside(host, "GET " + target),
                    "400 credential.placeholder_misplaced");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-api-key: mine\r\nx-api-key: mine-too",
                "X-API-KEY: mine\r\nx-Api-Key: mine-too",
                "Authorization: Bearer mine\r\nauthorization: Basic bWluZQ==",
                "Cookie: session=mine",
                "x-goog-api-key: mine",
                "Proxy-Authorization: Bearer mine",
                "proxy-authenticate: mine",
                "X-Api-Key: CREDENTIAL_PROXY_PLACEHOLDER\r\nX-Api-Key: mine"
            })
    void threat064_clientsOwnCredential(String fields) throws IOException {
        Reply reply = PROXY.client().inside("api.anthropic.com", "GET /x", fields);
        SeenRequest seen = PROXY.assertForwarded(reply);
        assertThat(seen.all("x-api-key")).containsExactly(KEY);
        assertThat(seen.text()).doesNotContain("mine", "bWluZQ", PLACEHOLDER);
        assertThat(seen.all("authorization")).isEmpty();
    }

    @Test
    void threat064_nearMissUnboundHostKeepsItsOwn() throws IOException {
        Reply reply =
                PROXY.client()
                        .inside(
                                "free.example",
                                "GET /x",
                                "Authorization: Bearer mine",
                                "Cookie: a=b",
                                "Proxy-Authorization: Bearer stays-here");
        SeenRequest seen = PROXY.assertForwarded(reply);
        assertThat(seen.all("authorization")).containsExactly("Bearer mine");
        assertThat(seen.all("cookie")).containsExactly("a=b");
        assertThat(seen.text()).doesNotContain("stays-here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Cookie", "Referer", "User-Agent", "X-Whatever", "Authorization"})
    void threat064_placeholderInAnyField(String name) throws IOException {
        for (String value :
                new String[] {
                    "a " + PLACEHOLDER + " b", "Basic eDpDUkVERU5USUFMX1BST1hZX1BMQUNFSE9MREVS"
                }) {
            PROXY.upstream().forget();
            Reply reply = PROXY.client().inside("free.example", "GET /x", name + ": " + value);
            assertThat(PROXY.assertForwarded(reply).text()).doesNotContain(PLACEHOLDER, value);
        }
    }

    @Test
    void threat064_placeholderInATrailer() throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("free.example:443")) {
            tunnel.write(
                    "POST /x HTTP/1.1\r\nHost: free.example\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "0\r\nX-Key: "
                            + PLACEHOLDER
                            + "\r\n\r\n");
            assertThat(PROXY.assertForwarded(tunnel.read()).text()).doesNotContain(PLACEHOLDER);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"line\r\nX-Evil: 1", "nul\u0000byte", "tab\tbed", " blank", "caf\u00e9"})
    void threat065_secretThatWouldBreakALine(String secret) {
        assertThatThrownBy(() -> ProxyUnderTest.startWith("OPENAI_API_KEY", secret))
                .hasMessageContaining("OPENAI_API_KEY")
                .hasMessageNotContaining(secret);
    }
}
