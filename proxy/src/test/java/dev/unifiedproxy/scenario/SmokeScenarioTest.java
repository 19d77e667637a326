package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SmokeScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY = ProxyUnderTest.allowing("api.anthropic.com", "github.com");

    @Test
    void works() throws Exception {
        Reply reply =
                PROXY.client()
                        .inside(
                                "api.anthropic.com",
                                "GET /v1/x",
                                "x-api-key: CREDENTIAL_PROXY_PLACEHOLDER");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(PROXY.upstream().only().all("x-api-key"))
                .containsExactly(Canaries.of("ANTHROPIC_API_KEY"));
        assertThat(PROXY.records(PROXY.client().get("http://evil.example/").requestId()))
                .hasSize(1);
    }
}
