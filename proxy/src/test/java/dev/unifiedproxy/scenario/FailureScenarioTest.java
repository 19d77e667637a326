package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** What breaks is said, counted and recorded: cases O-07, S-15, S-16. */
@Timeout(90)
class FailureScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing("plain.example", "github.com")
                    .allowingUnresolved("closed.example", "nowhere.example")
                    .hostsLine("127.0.0.99 closed.example")
                    .setting("PROXY_UPSTREAM_TIMEOUT_SECONDS", "1")
                    .setting("PROXY_REQUEST_HEAD_TIMEOUT_SECONDS", "1")
                    .setting("PROXY_IDLE_TIMEOUT_SECONDS", "2");

    private static void assertBroken(Reply reply, String outcome) throws IOException {
        assertThat(reply.outcome()).isEqualTo(outcome);
        assertThat(reply.body())
                .doesNotContain("Exception", "io.netty", "java.", "127.0.0.99", "PKIX", "\tat ");
        assertThat(PROXY.records(reply.requestId()))
                .singleElement()
                .satisfies(
                        record -> {
                            assertThat(record.path("outcome").asString()).isEqualTo("broken");
                            assertThat(record.path("code").asString()).isEqualTo(reply.code());
                            assertThat(record.path("status").asInt()).isEqualTo(reply.status());
                        });
    }

    @Test
    void unreachableServer() throws Exception {
        assertBroken(PROXY.client().get("http://closed.example/"), "502 upstream.connect_failed");
        assertThat(PROXY.metrics("127.0.0.1"))
                .containsPattern(
                        "proxy_requests_total\\{container_id=\"sandbox-123\",method=\"GET\","
                                + "status=\"502\",upstream_host=\"closed.example\"} 1");
    }

    @Test
    void nameThatDoesNotResolve() throws IOException {
        assertBroken(PROXY.client().get("http://nowhere.example/"), "502 upstream.dns_failed");
    }

    @Test
    void silentServer() throws IOException {
        assertBroken(PROXY.client().get("http://plain.example/delay/6000"), "504 upstream.timeout");
    }

    @Test
    void serverThatHangsUp() throws IOException {
        assertBroken(PROXY.client().get("http://plain.example/drop"), "502 upstream.closed");
    }

    @Test
    void serverThatDoesNotSpeakHttp() throws IOException {
        assertBroken(
                PROXY.client().get("http://plain.example/raw/garbage"),
                "502 upstream.bad_response");
    }

    @Test
    void clientThatLeavesIsRecorded() throws IOException {
        PROXY.upstream().script().closeGate();
        try {
            try (Connection connection = PROXY.client().connect()) {
                connection.write(
                        "GET http://plain.example/sse HTTP/1.1\r\nHost: plain.example\r\n\r\n");
                connection.readUntil("data: first");
            }
            await().untilAsserted(FailureScenarioTest::assertClientAbortRecorded);
        } finally {
            PROXY.upstream().script().openGate();
        }
    }

    private static void assertClientAbortRecorded() throws IOException {
        assertThat(PROXY.records())
                .filteredOn(record -> record.path("path").asString().equals("/sse"))
                .extracting(record -> record.path("code").asString())
                .containsExactly("http.client_aborted");
    }

    @Test
    void headThatDoesNotComeIsAnswered() throws IOException {
        try (Connection connection = PROXY.client().connect()) {
            connection.write("GET http://plain.exa");
            assertThat(connection.read().outcome()).isEqualTo("408 http.request_timeout");
            assertThat(connection.closed()).isTrue();
        }
    }

    @Test
    void connectionThatSaysNothingIsClosed() throws IOException {
        assertClosedInTime(PROXY.client().connect());
        assertClosedInTime(PROXY.client().tunnel("github.com:443"));
    }

    @Test
    void tunnelWithoutTlsIsClosed() throws IOException {
        assertClosedInTime(PROXY.client().rawTunnel("github.com:443"));
    }

    @Test
    void plainTunnelThatSaysNothingIsClosed() throws IOException {
        assertClosedInTime(PROXY.client().rawTunnel("github.com:80"));
    }

    private static void assertClosedInTime(Connection connection) throws IOException {
        try (connection) {
            connection.patience(8_000);
            Instant start = Instant.now();
            boolean closed = connection.closed() || connection.closedAfterRest();
            assertThat(closed).isTrue();
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(8));
        }
    }

    @Test
    void idleConnectionIsClosed() throws IOException {
        try (Connection connection = PROXY.client().connect()) {
            connection.write("GET http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(200);
            connection.patience(8_000);
            assertThat(connection.closed()).isTrue();
        }
    }
}
