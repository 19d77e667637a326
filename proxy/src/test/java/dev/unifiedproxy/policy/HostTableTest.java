package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

final class HostTableTest {
    private static HostTable<String> table(String... patterns) {
        Map<HostPattern, String> byPattern = new HashMap<>();
        for (String pattern : patterns) {
            byPattern.put(HostPattern.parse(pattern), pattern);
        }
        return new HostTable<>(byPattern);
    }

    private static List<String> find(HostTable<String> table, String host) {
        List<String> found = new ArrayList<>();
        table.find(Host.parse(host), found);
        return found;
    }

    @ParameterizedTest
    @CsvSource({
        "a.b.example, a.b.example *.a.b.example *.b.example",
        "b.example, *.b.example",
        "x.a.b.example, *.a.b.example *.b.example",
        "ab.example, ''",
        "b.example.a, ''",
        "example, ''",
        "xa.b.example, *.b.example",
        "192.0.2.1, 192.0.2.1",
        "0xc0000201, 192.0.2.1",
        "192.0.2.2, ''",
        "[::1], ::1",
    })
    void findsTheHostThenItsDomains(String host, String expected) {
        HostTable<String> table =
                table("*.b.example", "*.a.b.example", "a.b.example", "192.0.2.1", "::1");

        assertThat(String.join(" ", find(table, host))).isEqualTo(expected);
        assertThat(table.size()).isEqualTo(5);
    }

    /** {@code na} and {@code 0c} have the same hash. */
    @Test
    void equalHashesAreNotEqualNames() {
        assertThat(find(table("na.example", "0c.example"), "na.example"))
                .containsExactly("na.example");
        assertThat(find(table("na.example", "0c.example"), "0c.example"))
                .containsExactly("0c.example");
        assertThat(find(table("*.na.example"), "x.0c.example")).isEmpty();
    }

    @Test
    void emptyTableFindsNothing() {
        assertThat(find(table(), "a.example")).isEmpty();
        assertThat(find(table(), "192.0.2.1")).isEmpty();
    }
}
