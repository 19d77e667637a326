package dev.unifiedproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.logging.LogSettings;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.Level;

final class LogChoiceTest {
    @ParameterizedTest
    @CsvSource({
        "DEBUG, DEBUG, JSON, JSON, true, false",
        "INFO, INFO, TEXT, TEXT, false, true",
        "WARN, WARN, JSON, JSON, true, true",
        "ERROR, ERROR, TEXT, TEXT, false, false",
    })
    void everySettingReachesTheLog(
            Settings.LogLevel level,
            Level slf4j,
            Settings.LogFormat format,
            LogSettings.Format lines,
            boolean timestamp,
            boolean location) {
        assertThat(LogChoice.of(new Settings.Logging(level, format, timestamp, location)))
                .isEqualTo(new LogSettings(slf4j, lines, timestamp, location));
    }
}
