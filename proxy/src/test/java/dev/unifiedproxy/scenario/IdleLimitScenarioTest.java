package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;

/** A rule says how long a response or a WebSocket may be silent. */
@Timeout(60)
class IdleLimitScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing()
                    .resolving("hasty.example", "patient.example")
                    .policy(
                            """
                            version: "1"
                            domains: [hasty.example, patient.example]
                            http_endpoints:
                              - {host: hasty.example, methods: [GET], paths: ["/**"], idle_timeout_seconds: 1}
                              - {host: patient.example, methods: [GET], paths: ["/**"], idle_timeout_seconds: 600}
                            """)
                    .setting("PROXY_UPSTREAM_TIMEOUT_SECONDS", "2");

    @Test
    void aServerThatOwesItsAnswerForLongerIsTooSlow() throws IOException {
        PROXY.upstream().script().closeGate();
        try {
            Reply reply = PROXY.client().get("http://hasty.example/stall");
            assertThat(reply.outcome()).isEqualTo("504 upstream.timeout");
            assertThat(reply.body()).contains("nothing for 1 s");
        } finally {
            PROXY.upstream().script().openGate();
        }
    }

    @Test
    void aRuleGivesMoreTimeThanIsUsual() throws IOException {
        assertThat(PROXY.client().get("http://patient.example/delay/4000").body())
                .isEqualTo("late");
    }

    @Test
    void aSilentWebSocketIsClosedOnBothSides() throws IOException {
        try (Connection connection = PROXY.client().connect()) {
            connection.write(
                    "GET http://hasty.example/echo HTTP/1.1\r\nHost: hasty.example\r\n"
                            + "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Version: 13\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
            assertThat(connection.readHead().firstLine()).contains(" 101 ");
            WebSocketPeer peer = connection.webSocket();
            peer.write(WebSocketPeer.TEXT, "a");
            assertThat(peer.read().orElseThrow().text()).isEqualTo("a");
            assertThat(peer.read().orElseThrow().close())
                    .startsWith("1001 ")
                    .contains("nothing for 1 s");
            assertThat(peer.read()).isEmpty();
        }
    }
}
