package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextGlobTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpt-4o | gpt-4o | true",
                "gpt-4o | gpt-4o-mini | false",
                "gpt-4o | GPT-4O | false",
                "gpt-4o* | gpt-4o | true",
                "gpt-4o* | gpt-4o-mini | true",
                "*mini | gpt-4o-mini | true",
                "*mini | gpt-4o-mini-2 | false",
                "*o*mini* | gpt-4o-mini-2 | true",
                "a*b*c | abcbc | true",
                "a*b*c | abcb | false",
                "* | '' | true",
                "'' | '' | true",
                "'' | x | false",
                "** | anything | true",
                "a.c | abc | false"
            })
    void matchesTheWholeText(String glob, String value, boolean matches) {
        assertThat(new TextGlob(glob).matches(value)).isEqualTo(matches);
    }

    @Test
    void aPatternHasABound() {
        assertThat(new TextGlob("x".repeat(256)).text()).hasSize(256);
        assertThatThrownBy(() -> new TextGlob("x".repeat(257))).hasMessageContaining("at most 256");
    }
}
