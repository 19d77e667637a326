package dev.unifiedproxy.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.unifiedproxy.host.IpAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Container, and the findings of a ContainerLookup. */
final class ContainerTest {
    private static final Instant SEEN = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "PT60S,2026-01-01T00:00:59.999999999Z,false",
        "PT60S,2026-01-01T00:01:00Z,false",
        "PT60S,2026-01-01T00:01:00.000000001Z,true",
        "PT60S,2025-12-31T00:00:00Z,false",
        "PT0S,9999-01-01T00:00:00Z,false",
        "PT0.000000001S,2026-01-01T00:00:00.000000002Z,true",
    })
    void expiresStrictlyAfterItsTimeToLive(Duration ttl, Instant now, boolean expired) {
        assertThat(container(ttl, Map.of()).expiredAt(now)).isEqualTo(expired);
    }

    @Test
    void hugeTimeToLiveNeverEndsAndNeverThrows() {
        Container container = container(Duration.ofSeconds(Long.MAX_VALUE), Map.of());
        assertThat(container.expiredAt(SEEN.plusSeconds(1))).isFalse();
        assertThat(container.expiredAt(Instant.MAX)).isFalse();
    }

    @Test
    void metadataIsACopy() {
        Map<String, Object> metadata = new HashMap<>(Map.of("team", "red"));
        Container container = container(Duration.ZERO, metadata);
        metadata.put("team", "blue");

        assertThat(container.metadata()).containsExactly(Map.entry("team", "red"));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> container.metadata().put("team", "green"));
    }

    @Test
    void findingsAreValues() {
        Container container = container(Duration.ZERO, Map.of());
        assertThat(new ContainerLookup.Finding.Registered(container).container())
                .isSameAs(container);
        assertThat(new ContainerLookup.Finding.Expired("a").containerId()).isEqualTo("a");
        assertThat(new ContainerLookup.Finding.Absent())
                .isEqualTo(new ContainerLookup.Finding.Absent());
    }

    private static Container container(Duration ttl, Map<String, Object> metadata) {
        return new Container("sandbox", IpAddress.parse("10.0.0.2"), SEEN, SEEN, ttl, metadata);
    }
}
