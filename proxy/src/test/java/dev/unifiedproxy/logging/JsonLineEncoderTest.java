package dev.unifiedproxy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class JsonLineEncoderTest {
    private static final JsonMapper JSON = new JsonMapper();

    private final JsonLineEncoder encoder = new JsonLineEncoder(true);

    @Test
    void fieldsStandInTheirOrder() {
        assertThat(
                        Events.encode(
                                encoder,
                                Events.of(
                                        Level.INFO,
                                        "hello",
                                        "bytes",
                                        7L,
                                        "container_id",
                                        "c",
                                        "ok",
                                        true,
                                        "request_id",
                                        "r",
                                        "port",
                                        443)))
                .isEqualTo(
                        "{\"timestamp\":\"2026-01-31T23:59:59.000123Z\",\"level\":\"INFO\","
                                + "\"logger\":\"pipeline.RequestPath\",\"message\":\"hello\","
                                + "\"request_id\":\"r\",\"container_id\":\"c\",\"bytes\":7,"
                                + "\"ok\":true,\"port\":443}\n");
    }

    @Test
    void lineWithoutTimeAndValues() {
        assertThat(Events.encode(new JsonLineEncoder(false), Events.of(Level.WARN, "x")))
                .isEqualTo(
                        "{\"level\":\"WARNING\",\"logger\":\"pipeline.RequestPath\",\"message\":\"x\"}\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\r\n{\"level\":\"INFO\",\"message\":\"forged\"}",
                "\u001b[2J\u001b[31mred",
                "\u0000\u0007\b\f\t\u007f\u0080\u009b",
                "\u2028\u2029\u202e\ufeff",
                "\" , \\ \\u0041 /",
                "\ud83d\ude00 is a pair"
            })
    void textsCannotBreakOutOfTheirLine(String text) {
        String line =
                Events.encode(
                        encoder,
                        Events.failed(
                                Level.INFO,
                                text,
                                new IllegalStateException(text),
                                "key",
                                text,
                                text,
                                "v"));

        assertThat(line).matches("[ -~]+\n");
        JsonNode read = JSON.readTree(line);
        assertThat(read.get("message").asString()).isEqualTo(text);
        assertThat(read.get("key").asString()).isEqualTo(text);
        assertThat(read.get(text).asString()).isEqualTo("v");
        assertThat(read.get("exception").get("message").asString()).isEqualTo(text);
        assertThat(read.get("exception").get("stack_trace").asString()).contains(text);
    }

    @ParameterizedTest
    @CsvSource({"timestamp", "level", "logger", "message", "location", "exception"})
    void valueCannotTakeTheNameOfAField(String key) {
        String line = Events.encode(encoder, Events.of(Level.INFO, "m", key, "v"));

        assertThat(line).contains("\"value_" + key + "\":\"v\"");
    }

    @Test
    void textsAreCut() {
        JsonNode read =
                JSON.readTree(
                        Events.encode(
                                encoder,
                                Events.failed(
                                        Level.ERROR,
                                        "m".repeat(100_000),
                                        new IllegalStateException("e".repeat(100_000)),
                                        "k",
                                        "v".repeat(100_000))));

        assertThat(read.get("message").asString()).hasSize(16 * 1024 + 3).endsWith("m...");
        assertThat(read.get("k").asString()).hasSize(4 * 1024 + 3);
        assertThat(read.get("exception").get("message").asString()).hasSize(1024 + 3);
        assertThat(read.get("exception").get("stack_trace").asString().length())
                .isLessThanOrEqualTo(8 * 1024);
    }

    @Test
    void exceptionHasClassMessageAndTrace() {
        JsonNode read =
                JSON.readTree(
                        Events.encode(
                                encoder,
                                Events.failed(Level.ERROR, "m", new IllegalStateException())));

        JsonNode exception = read.get("exception");
        assertThat(exception.get("class").asString()).isEqualTo("java.lang.IllegalStateException");
        assertThat(exception.get("message").asString()).isEmpty();
        assertThat(exception.get("stack_trace").asString())
                .startsWith("java.lang.IllegalStateException\n\tat dev.unifiedproxy.logging.");
    }

    @Test
    void otherValuesAreTexts() {
        Object hostile =
                new Object() {
                    @Override
                    public String toString() {
                        return "a\nb";
                    }
                };

        assertThat(Events.encode(encoder, Events.of(Level.INFO, "m", "o", hostile, "d", 1.5)))
                .endsWith("\"o\":\"a\\nb\",\"d\":\"1.5\"}\n");
    }
}
