package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

/** The small ways to write things: {@link Table}, {@link TimeText}, {@link JsonText}. */
class TextTest {
    @Test
    void aTableIsAsWideAsItsCells() {
        Table table = new Table("A", "LONG HEADING", "C");
        table.row("a long cell", "b", "");
        table.row("x", "\u001b[31m", "c");
        assertThat(table.render())
                .isEqualTo(
                        """
                        A            LONG HEADING  C
                        a long cell  b
                        x            ?[31m         c
                        """);
    }

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "never, PT0S",
        "90, PT90S",
        "90s, PT90S",
        "30m, PT30M",
        "24h, PT24H",
        "7d, PT168H"
    })
    void readsDurations(String text, Duration duration) {
        assertThat(TimeText.parse(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1w", "h", "1.5h", "1h30m", "9999999999"})
    void refusesOtherTexts(String text) {
        assertThat(TimeText.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "-PT5S, 0 s",
        "PT0S, 0 s",
        "PT59.9S, 59 s",
        "PT60S, 1 min",
        "PT59M59S, 59 min",
        "PT1H, 1 h",
        "PT47H59M, 47 h",
        "PT48H, 2 d"
    })
    void writesOneNumber(Duration duration, String text) {
        assertThat(TimeText.coarse(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[1]", "null", "{", "5"})
    void onlyAnObjectIsAnObject(String text) {
        assertThat(JsonText.object(text)).isEmpty();
    }
}
