package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Health, metrics, log and audit of the same exchanges: cases O-01, P-01, P-02. That an unknown
 * address which is not loopback gets no metrics cannot be shown on loopback.
 */
@Timeout(60)
class ObservabilityScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing("api.anthropic.com", "plain.example", "counted.example");

    @Test
    void requestIsCountedUnderItsContainer() throws Exception {
        PROXY.client().get("http://counted.example/x");
        PROXY.client(ProxyUnderTest.BOT_ADDRESS).get("http://counted.example/x");
        String mine = series(ProxyUnderTest.CONTAINER);
        String bots = series(ProxyUnderTest.BOT);
        await().untilAsserted(
                        () ->
                                assertThat(PROXY.metrics("127.0.0.1"))
                                        .contains(mine + " 1", bots + " 1"));
        assertThat(PROXY.metrics(ProxyUnderTest.BOT_ADDRESS))
                .contains(bots)
                .doesNotContain(ProxyUnderTest.CONTAINER, "process_", "proxy_build");
        assertThat(PROXY.metrics(ProxyUnderTest.REGISTERED))
                .contains(mine)
                .doesNotContain(ProxyUnderTest.BOT);
    }

    private static String series(String container) {
        return ("proxy_requests_total{container_id=\"%s\",method=\"GET\",status=\"200\","
                        + "upstream_host=\"counted.example\"}")
                .formatted(container);
    }

    @Test
    void refusedNameIsNoLabel() throws Exception {
        for (int i = 0; i < 20; i++) {
            PROXY.client().get("http://random-" + i + ".example/");
        }
        assertThat(PROXY.metrics("127.0.0.1")).doesNotContain("random-");
    }

    @Test
    void healthCountsTheRegistrations() throws Exception {
        assertThat(PROXY.control().health().status()).isEqualTo("healthy");
        assertThat(PROXY.control().health().containersRegistered())
                .isEqualTo(PROXY.control().containers().size());
    }

    @Test
    void forwardedExchangeLeavesOneRecord() throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            tunnel.write(
                    "POST /recorded?secret=1 HTTP/1.1\r\nHost: api.anthropic.com\r\nContent-Length:"
                            + " 5\r\n\r\nhello");
            assertThat(tunnel.read().status()).isEqualTo(200);
        }
        JsonNode record =
                await().until(
                                () ->
                                        PROXY.records().stream()
                                                .filter(r -> text(r, "path").equals("/recorded"))
                                                .toList(),
                                found -> found.size() == 1)
                        .getFirst();
        assertThat(text(record, "kind")).isEqualTo("http");
        assertThat(text(record, "container_id")).isEqualTo(ProxyUnderTest.CONTAINER);
        assertThat(text(record, "source")).isEqualTo(ProxyUnderTest.REGISTERED);
        assertThat(text(record, "method")).isEqualTo("POST");
        assertThat(text(record, "scheme")).isEqualTo("https");
        assertThat(text(record, "host")).isEqualTo("api.anthropic.com");
        assertThat(record.path("port").asInt()).isEqualTo(443);
        assertThat(record.path("status").asInt()).isEqualTo(200);
        assertThat(text(record, "outcome")).isEqualTo("allowed");
        assertThat(text(record, "credential")).isEqualTo("env:ANTHROPIC_API_KEY");
        assertThat(text(record, "upstream")).isEqualTo(PROXY.upstream().address());
        assertThat(record.path("request_bytes").asInt()).isEqualTo(5);
        assertThat(record.path("response_bytes").asInt()).isPositive();
        assertThat(Instant.parse(text(record, "time"))).isBefore(Instant.now());
        assertThat(record.toString()).doesNotContain("secret=1");
        assertSpeaksOfOneExchange(text(record, "request_id"));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.2, http://evil.example/, refused, policy.host_not_allowed, sandbox-123",
        "127.0.0.2, http://1.2.3.4/, refused, policy.ip_literal, sandbox-123",
        "127.0.0.2, http://plain.example:81/, refused, policy.port_not_allowed, sandbox-123",
        "127.0.0.3, http://plain.example/, refused, identity.unknown_container, ''",
        "127.0.0.2, http://plain.example/a/../b, refused, http.path_ambiguous, ''",
        "127.0.0.2, http://api.anthropic.com/, refused, credential.needs_tls, sandbox-123",
        "127.0.0.2, http://plain.example/drop, broken, upstream.closed, sandbox-123"
    })
    void otherExchangeLeavesOneRecord(
            String source, String url, String outcome, String code, String container)
            throws IOException {
        Reply reply = PROXY.client(source).get(url);
        assertThat(reply.code()).isEqualTo(code);
        List<JsonNode> records = PROXY.records(reply.requestId());
        assertThat(records).hasSize(1);
        JsonNode record = records.getFirst();
        assertThat(text(record, "outcome")).isEqualTo(outcome);
        assertThat(text(record, "code")).isEqualTo(code);
        assertThat(text(record, "container_id")).isEqualTo(container);
        assertThat(text(record, "source")).isEqualTo(source);
        assertThat(record.path("status").asInt()).isEqualTo(reply.status());
        assertThat(text(record, "credential")).isEmpty();
        assertSpeaksOfOneExchange(reply.requestId());
    }

    @Test
    void connectAndEachRequestInsideLeaveOneRecordEach() throws Exception {
        PROXY.register("tunneller", "127.0.0.31");
        try (Connection tunnel = PROXY.client("127.0.0.31").tunnel("api.anthropic.com:443")) {
            for (int i = 0; i < 3; i++) {
                tunnel.write("GET /" + i + " HTTP/1.1\r\nHost: api.anthropic.com\r\n\r\n");
                assertThat(tunnel.read().status()).isEqualTo(200);
            }
        }
        await().untilAsserted(() -> assertThat(recordsOf("127.0.0.31")).hasSize(4));
        assertThat(recordsOf("127.0.0.31"))
                .extracting(r -> text(r, "kind"))
                .containsExactlyInAnyOrder("connect", "http", "http", "http");
        assertThat(recordsOf("127.0.0.31"))
                .extracting(r -> text(r, "request_id"))
                .doesNotHaveDuplicates();
    }

    private static List<JsonNode> recordsOf(String source) throws IOException {
        return PROXY.records().stream().filter(r -> text(r, "source").equals(source)).toList();
    }

    /** Every line of the exchange names it, and is what P-01 wants of a line. */
    private static void assertSpeaksOfOneExchange(String requestId) {
        assertThat(PROXY.logLines(requestId))
                .allSatisfy(
                        line -> {
                            assertThat(text(line, "timestamp")).endsWith("Z");
                            assertThat(text(line, "level").toUpperCase(Locale.ROOT))
                                    .isIn("DEBUG", "INFO", "WARNING", "WARN", "ERROR");
                            assertThat(text(line, "logger")).isNotEmpty();
                            assertThat(text(line, "message")).isNotEmpty();
                            assertThat(line.has("container_id")).isTrue();
                        });
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asString("");
    }
}
