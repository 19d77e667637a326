package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A file that is not there allows nothing: case E-01. */
@Timeout(60)
class MissingAllowlistScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing("github.com")
                    .setting("PROXY_ALLOWLIST_PATH", "/nonexistent/allowlist.yaml");

    @Test
    void everythingIsRefusedAndHealthAnswers() throws Exception {
        Reply reply = PROXY.client().askTunnel("github.com:443");
        PROXY.assertRefused(reply, "403 policy.host_not_allowed");
        assertThat(PROXY.control().health().status()).isEqualTo("healthy");
        assertThat(PROXY.log()).contains("default-deny");
    }
}
