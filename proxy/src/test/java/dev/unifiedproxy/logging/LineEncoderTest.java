package dev.unifiedproxy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LineEncoderTest {
    @ParameterizedTest
    @CsvSource({"a.b.c.D,c.D", "c.D,c.D", "D,D", "'',''", "a..D,.D", ".D,.D", "a.b.,b."})
    void shortNameIsTheLastTwoParts(String logger, String expected) {
        assertThat(logger.substring(LineEncoder.shortName(logger))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"TRACE,TRACE", "DEBUG,DEBUG", "INFO,INFO", "WARN,WARNING", "ERROR,ERROR"})
    void levelsHaveTheNamesOfTheContract(String level, String expected) {
        assertThat(LineEncoder.name(Level.valueOf(level))).isEqualTo(expected);
    }
}
