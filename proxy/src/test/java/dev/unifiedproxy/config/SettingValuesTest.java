package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.Map;

class SettingValuesTest {
    private final Problems problems = new Problems();

    private SettingValues values(Map<String, String> environment) {
        return new SettingValues(environment, Map.of(), problems);
    }

    @Test
    void absentValueIsTheFallback() {
        SettingValues values = values(Map.of("B", ""));

        assertThat(values.text("A")).isEmpty();
        assertThat(values.text("B")).isEmpty();
        assertThat(values.number("A", 7, 0, 9)).isEqualTo(7);
        assertThat(values.yes("A", true)).isTrue();
        assertThat(values.path("A", Path.of("/x"))).isEqualTo(Path.of("/x"));
        assertThat(values.servers("A")).isEmpty();
        assertThatCode(problems::throwIfAny).doesNotThrowAnyException();
    }

    @Test
    void boundsBelongToTheRange() {
        SettingValues values = values(Map.of("LOW", "3", "HIGH", "9"));

        assertThat(values.number("LOW", 7, 3, 9)).isEqualTo(3);
        assertThat(values.number("HIGH", 7, 3, 9)).isEqualTo(9);
        assertThatCode(problems::throwIfAny).doesNotThrowAnyException();
    }

    @Test
    void wrongValueIsTheFallbackAndAProblem() {
        assertThat(values(Map.of("A", "10")).number("A", 7, 3, 9)).isEqualTo(7);
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(problems::throwIfAny)
                .withMessage("A: '10' (expected: a number from 3 to 9)");
    }

    @Test
    void relativePathBecomesAbsolute() {
        assertThat(values(Map.of("A", "x/../y")).path("A")).contains(Path.of("y").toAbsolutePath());
    }
}
