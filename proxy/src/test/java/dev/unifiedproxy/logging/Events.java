package dev.unifiedproxy.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;

import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Log events for tests, of a context of their own. */
final class Events {
    static final LoggerContext CONTEXT = new LoggerContext();

    private Events() {}

    /** An event with alternating keys and values. */
    static LoggingEvent of(Level level, String message, Object... keysAndValues) {
        return failed(level, message, null, keysAndValues);
    }

    static LoggingEvent failed(
            Level level, String message, @Nullable Throwable thrown, Object... keysAndValues) {
        LoggingEvent event =
                new LoggingEvent(
                        "fqcn",
                        CONTEXT.getLogger("dev.unifiedproxy.pipeline.RequestPath"),
                        level,
                        message,
                        thrown,
                        null);
        event.setInstant(Instant.parse("2026-01-31T23:59:59.000123999Z"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            event.addKeyValuePair(
                    new KeyValuePair((String) keysAndValues[i], keysAndValues[i + 1]));
        }
        return event;
    }

    /** What the encoder makes of the event. */
    static String encode(LineEncoder encoder, LoggingEvent event) {
        LineBuffer buffer = new LineBuffer();
        encoder.encode(new Entry(event, null), buffer);
        return text(buffer);
    }

    static String text(LineBuffer buffer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            buffer.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
