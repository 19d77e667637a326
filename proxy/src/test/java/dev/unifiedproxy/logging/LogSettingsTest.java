package dev.unifiedproxy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

final class LogSettingsTest {
    @ParameterizedTest
    @CsvSource({
        "trace,TRACE",
        "DEBUG,DEBUG",
        "Info,INFO",
        "WARN,WARN",
        "WARNING,WARN",
        "error,ERROR",
        "CRITICAL,ERROR"
    })
    void levelsAreRead(String text, Level expected) {
        assertThat(LogSettings.parseLevel(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "verbose", " INFO", "1"})
    void otherLevelsAreNot(String text) {
        assertThat(LogSettings.parseLevel(text)).isEmpty();
    }

    @Test
    void formatsAreRead() {
        assertThat(LogSettings.parseFormat("json")).contains(LogSettings.Format.JSON);
        assertThat(LogSettings.parseFormat("Text")).contains(LogSettings.Format.TEXT);
        assertThat(LogSettings.parseFormat("xml")).isEmpty();
    }

    @Test
    void defaultIsTheContracts() {
        assertThat(LogSettings.DEFAULT)
                .isEqualTo(new LogSettings(Level.INFO, LogSettings.Format.JSON, true, true));
    }
}
