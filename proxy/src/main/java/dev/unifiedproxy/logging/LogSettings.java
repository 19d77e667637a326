package dev.unifiedproxy.logging;

import org.slf4j.event.Level;

import java.util.Locale;
import java.util.Optional;

/**
 * What is logged, and in which form.
 *
 * @param level the lowest level that is logged ({@code LOG_LEVEL})
 * @param format the form of a line ({@code LOG_FORMAT})
 * @param timestamp whether a line begins with its time ({@code LOG_INCLUDE_TIMESTAMP})
 * @param location whether a line says where in the code it was written ({@code
 *     LOG_INCLUDE_LOCATION})
 */
public record LogSettings(Level level, Format format, boolean timestamp, boolean location) {
    /** INFO, JSON, with time and location. */
    public static final LogSettings DEFAULT = new LogSettings(Level.INFO, Format.JSON, true, true);

    /** The form of a line. */
    public enum Format {
        /** An object of JSON. */
        JSON,
        /** Text for people. */
        TEXT
    }

    /**
     * Reads a level, in any case; {@code WARNING} and {@code CRITICAL} are known too.
     *
     * @return empty when there is no such level
     */
    public static Optional<Level> parseLevel(String text) {
        return switch (text.toUpperCase(Locale.ROOT)) {
            case "TRACE" -> Optional.of(Level.TRACE);
            case "DEBUG" -> Optional.of(Level.DEBUG);
            case "INFO" -> Optional.of(Level.INFO);
            case "WARN", "WARNING" -> Optional.of(Level.WARN);
            case "ERROR", "CRITICAL" -> Optional.of(Level.ERROR);
            default -> Optional.empty();
        };
    }

    /**
     * Reads a format, in any case.
     *
     * @return empty when there is no such format
     */
    public static Optional<Format> parseFormat(String text) {
        return switch (text.toUpperCase(Locale.ROOT)) {
            case "JSON" -> Optional.of(Format.JSON);
            case "TEXT" -> Optional.of(Format.TEXT);
            default -> Optional.empty();
        };
    }
}
