package dev.unifiedproxy.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.scenario.ProxyUnderTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** threats.md 24: an empty allowlist is not "allow all". */
@Timeout(60)
class EmptyAllowlistAttacksScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY = ProxyUnderTest.allowing().resolving("api.github.com");

    @Test
    void threat024_emptyAllowlistAllowsNothing() throws Exception {
        PROXY.assertRefused(
                PROXY.client().askTunnel("api.github.com:443"), "403 policy.host_not_allowed");
        PROXY.assertRefused(
                PROXY.client().get("http://stand-in.example/"), "403 policy.host_not_allowed");
        assertThat(PROXY.control().health().status()).isEqualTo("healthy");
    }
}
