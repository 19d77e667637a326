package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;

/** One connection to all servers together. */
@Timeout(60)
class UpstreamBoundScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing("one.example", "two.example")
                    .setting("PROXY_MAX_UPSTREAM_CONNECTIONS", "1");

    @Test
    void idleConnectionGivesWayAndBusyOneDoesNot() throws IOException {
        assertThat(PROXY.client().get("http://one.example/").status()).isEqualTo(200);
        assertThat(PROXY.client().get("http://two.example/").status()).isEqualTo(200);
        PROXY.upstream().script().closeGate();
        try (Connection busy = PROXY.client().connect()) {
            busy.write("GET http://one.example/sse HTTP/1.1\r\nHost: one.example\r\n\r\n");
            busy.readUntil("data: first");
            Reply refused = PROXY.client().get("http://two.example/");
            assertThat(refused.outcome()).isEqualTo("503 proxy.overloaded");
            assertThat(refused.field("retry-after")).isEqualTo("1");
            assertThat(refused.body()).contains("PROXY_MAX_UPSTREAM_CONNECTIONS");
        } finally {
            PROXY.upstream().script().openGate();
        }
    }
}
