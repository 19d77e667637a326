package dev.unifiedproxy.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.scenario.Client;
import dev.unifiedproxy.scenario.ProxyUnderTest;
import dev.unifiedproxy.scenario.Reply;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;

/** threats.md section 12: the proxy itself as a destination. */
@Timeout(60)
class ControlPlaneAttacksScenarioTest {
    private static final int PROXY_PORT = ProxyUnderTest.freePort();
    private static final int METRICS_PORT = ProxyUnderTest.freePort();

    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing()
                    .allowingUnresolved(
                            "self.example:" + PROXY_PORT,
                            "self.example:" + METRICS_PORT,
                            "self.example",
                            "named.example:" + METRICS_PORT,
                            "127.0.0.1:" + METRICS_PORT,
                            "127.0.0.1:" + PROXY_PORT)
                    .hostsLine("127.0.0.1 self.example")
                    .setting("PROXY_PORT", Integer.toString(PROXY_PORT))
                    .setting("METRICS_PORT", Integer.toString(METRICS_PORT));

    @Test
    void threat095_metricsThroughTheProxy() throws IOException {
        for (String host : new String[] {"self.example", "127.0.0.1"}) {
            Reply reply =
                    PROXY.client().get("http://" + host + ":" + METRICS_PORT + "/internal/metrics");
            assertThat(reply.outcome()).isEqualTo("403 upstream.address_forbidden");
            assertThat(reply.body()).doesNotContain("proxy_requests_total");
        }
    }

    @Test
    void threat095_ownAddressUnderAResolvedName() throws IOException {
        PROXY.dns().put("named.example", "127.0.0.1");
        assertThat(
                        PROXY.client()
                                .get("http://named.example:" + METRICS_PORT + "/internal/metrics")
                                .outcome())
                .isEqualTo("403 upstream.address_forbidden");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /internal/containers",
                "POST /internal/containers",
                "GET /internal/health",
                "GET /internal/metrics",
                "GET /",
                "OPTIONS *",
                "DELETE /internal/containers/sandbox-123"
            })
    void threat095_controlPathsOnTheProxyPort(String line) throws IOException {
        assertRefused(PROXY.client(), line, "403 http.not_a_destination");
        assertRefused(
                PROXY.client(ProxyUnderTest.STRANGER), line, "403 identity.unknown_container");
    }

    private static void assertRefused(Client client, String line, String outcome)
            throws IOException {
        Reply reply = client.send(line + " HTTP/1.1\r\nHost: self.example\r\n\r\n");
        assertThat(reply.outcome()).isEqualTo(outcome);
        assertThat(reply.body()).doesNotContain("healthy", "registered\"");
    }

    @Test
    void threat095_controlSocketIsForTheOwnerAlone() throws IOException {
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(PROXY.proxy().controlSocket())))
                .isEqualTo("rw-------");
    }

    @Test
    void threat096_loopThroughItself() throws IOException {
        for (String host : new String[] {"self.example", "127.0.0.1"}) {
            String url = "http://" + host + ":" + PROXY_PORT + "/";
            assertThat(PROXY.client().get(url).outcome())
                    .isEqualTo("403 upstream.address_forbidden");
        }
        assertThat(PROXY.records())
                .as("a loop would have left more records than requests")
                .allMatch(each -> !each.path("source").asString().equals("127.0.0.1"));
    }

    @Test
    void threat096_tunnelToItself() throws IOException {
        assertThat(PROXY.client().askTunnel("127.0.0.1:" + PROXY_PORT).status()).isEqualTo(200);
        try (var tunnel = PROXY.client().rawTunnel("127.0.0.1:" + PROXY_PORT)) {
            tunnel.write(PROXY.client().connectHead("127.0.0.1:" + PROXY_PORT));
            assertThat(tunnel.closed()).isTrue();
        }
    }
}
