package dev.unifiedproxy.logging;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes times as {@code 2026-01-31T23:59:59.123456Z}; remembers the last second. */
final class Timestamp {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.");

    private long second = Long.MIN_VALUE;
    private String text = "";

    void append(Instant time, LineBuffer out) {
        if (time.getEpochSecond() != second) {
            second = time.getEpochSecond();
            text = SECONDS.format(LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC));
        }
        out.ours(text).digits(time.getNano() / 1_000, 6).ours('Z');
    }
}
