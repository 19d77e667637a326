package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class SpellingTest {
    private static final List<String> WORDS = List.of("domains", "http_endpoints", "version");

    @ParameterizedTest
    @CsvSource({
        "domain, domains",
        "Domains, domains",
        "domians, domains",
        "http-endpoints, http_endpoints",
        "verison, version",
        "domains, domains",
    })
    void findsWhatWasMeant(String word, String meant) {
        assertThat(Spelling.nearest(word, WORDS)).contains(meant);
    }

    @Test
    void findsNothingWhereNothingIsNear() {
        assertThat(Spelling.nearest("xyz", WORDS)).isEmpty();
        assertThat(Spelling.nearest("", WORDS)).isEmpty();
        assertThat(Spelling.nearest("domains".repeat(1_000), WORDS)).isEmpty();
        assertThat(Spelling.nearest("domains", List.of())).isEmpty();
    }
}
