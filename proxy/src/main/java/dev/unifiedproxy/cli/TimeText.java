package dev.unifiedproxy.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write and read them. */
final class TimeText {
    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,9})([smhd]?)");

    private TimeText() {}

    /**
     * Reads {@code 90}, {@code 90s}, {@code 30m}, {@code 24h}, {@code 7d} or {@code never} (zero).
     */
    static Optional<Duration> parse(String text) {
        if (text.equals("never")) {
            return Optional.of(Duration.ZERO);
        }
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(written.group(1));
        return Optional.of(
                switch (written.group(2)) {
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    case "d" -> Duration.ofDays(number);
                    default -> Duration.ofSeconds(number);
                });
    }

    /**
     * One number and its unit, rounded down: {@code 59 s}, {@code 3 min}, {@code 23 h}, {@code 9
     * d}.
     */
    static String coarse(Duration duration) {
        if (duration.compareTo(Duration.ofMinutes(1)) < 0) {
            return Math.max(0, duration.toSeconds()) + " s";
        }
        if (duration.compareTo(Duration.ofHours(1)) < 0) {
            return duration.toMinutes() + " min";
        }
        return duration.compareTo(Duration.ofDays(2)) < 0
                ? duration.toHours() + " h"
                : duration.toDays() + " d";
    }
}
