package dev.unifiedproxy.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

final class RecordEncoderTest {
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void recordsAreLinesWithTheseFields() {
        assertThat(encode(Records.of("r-1"), Records.of("r-2")))
                .isEqualTo(expected("r-1") + expected("r-2"));
    }

    private static String expected(String requestId) {
        return "{\"time\":\"2026-01-31T23:59:59.123456Z\",\"request_id\":\""
                + requestId
                + "\",\"kind\":\"http\",\"container_id\":\"sandbox-123\",\"source\":\"10.0.0.5\",\"method\":\"GET\",\"scheme\":\"https\",\"host\":\"pypi.org\",\"port\":443,\"path\":\"/simple/\",\"status\":200,\"outcome\":\"allowed\",\"code\":\"\",\"rule\":\"allowlist.conf:3\",\"detail\":\"\",\"observed\":\"\",\"credential\":\"\",\"policy_version\":\"7\",\"upstream\":\"192.0.2.1\",\"request_bytes\":1,\"response_bytes\":2,\"duration_us\":3}\n";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\r\n{\"outcome\":\"allowed\"}",
                "\u001b[31mred",
                "\u0000\u007f\u0085\u2028\u2029\u202e",
                "quote \" and \\ backslash",
                "\ud800 half a pair"
            })
    void textsCannotBreakOutOfTheirLine(String text) {
        String line = encode(Records.of("r-1", text, text));

        assertThat(line).endsWith("}\n").matches("[ -~]*\n");
        JsonNode read = JSON.readTree(line);
        assertThat(read.get("detail").asString()).isEqualTo(text);
        assertThat(read.get("path").asString()).isEqualTo(text);
    }

    @Test
    void textsAreCut() {
        JsonNode read =
                JSON.readTree(encode(Records.of("r", "p".repeat(9_000), "d".repeat(9_000))));

        assertThat(read.get("path").asString()).isEqualTo("p".repeat(2_048) + "...");
        assertThat(read.get("detail").asString()).isEqualTo("d".repeat(512) + "...");
    }

    private static String encode(ExchangeRecord... records) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new RecordEncoder().encode(List.of(records), out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
