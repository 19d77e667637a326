package dev.unifiedproxy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Instant;

final class TimestampTest {
    @Test
    void sixDigitsInUtcAcrossSeconds() {
        Timestamp timestamp = new Timestamp();

        for (String time :
                new String[] {
                    "1970-01-01T00:00:00.000000Z",
                    "2026-02-28T23:59:59.999999Z",
                    "2026-03-01T00:00:00.000001Z",
                    "2026-03-01T00:00:00.100000Z",
                    "1969-12-31T23:59:59.500000Z"
                }) {
            LineBuffer out = new LineBuffer();
            timestamp.append(Instant.parse(time), out);
            assertThat(Events.text(out)).isEqualTo(time);
        }
    }
}
