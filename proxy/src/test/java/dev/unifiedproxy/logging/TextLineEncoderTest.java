package dev.unifiedproxy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TextLineEncoderTest {
    private final TextLineEncoder encoder = new TextLineEncoder(true);

    @Test
    void lineNamesTheExchangeBeforeTheMessage() {
        assertThat(
                        Events.encode(
                                encoder,
                                Events.of(
                                        Level.WARN,
                                        "hello \"you\"",
                                        "container_id",
                                        "c",
                                        "n",
                                        1,
                                        "request_id",
                                        "r")))
                .isEqualTo(
                        "2026-01-31T23:59:59.000123Z WARNING [pipeline.RequestPath] [r/c] hello"
                                + " \"you\" n=\"1\"\n");
    }

    @Test
    void missingIdsAreDashes() {
        assertThat(
                        Events.encode(
                                new TextLineEncoder(false),
                                Events.of(Level.INFO, "m", "container_id", "")))
                .isEqualTo("INFO [pipeline.RequestPath] [-/-] m\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\r\n2026-01-31T23:59:59Z INFO [x] forged",
                "\u001b[31mred",
                "\u0000\u007f\u0085\u2028\u2029",
                "v\" forged=\"1"
            })
    void textsCannotBreakOutOfTheirLine(String text) {
        String line =
                Events.encode(
                        encoder,
                        Events.failed(
                                Level.INFO, text, new IllegalStateException(text), "key", text));

        assertThat(line).matches("[ -~]+\n").doesNotContain("key=\"v\" forged");
    }

    @Test
    void exceptionStandsOnTheSameLine() {
        assertThat(
                        Events.encode(
                                encoder,
                                Events.failed(Level.ERROR, "m", new IllegalStateException("why"))))
                .contains("] m java.lang.IllegalStateException: why\\n\\tat ");
    }
}
