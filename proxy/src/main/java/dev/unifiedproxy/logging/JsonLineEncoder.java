package dev.unifiedproxy.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;

import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

import java.util.List;
import java.util.Objects;

/**
 * A line as an object of JSON: {@code timestamp}, {@code level}, {@code logger} (the last two parts
 * of its name, such as {@code pipeline.RequestPath}), {@code message}, the event's values with
 * {@code request_id} and {@code container_id} first, {@code location}, {@code exception}.
 */
final class JsonLineEncoder implements LineEncoder {
    private final Timestamp timestamp = new Timestamp();
    private final boolean withTimestamp;

    JsonLineEncoder(boolean withTimestamp) {
        this.withTimestamp = withTimestamp;
    }

    @Override
    public void encode(Entry entry, LineBuffer out) {
        ILoggingEvent event = entry.event();
        out.ours('{');
        if (withTimestamp) {
            out.ours("\"timestamp\":\"");
            timestamp.append(event.getInstant(), out);
            out.ours("\",");
        }
        String logger = event.getLoggerName();
        out.ours("\"level\":\"").ours(LineEncoder.name(event.getLevel())).ours("\",\"logger\":\"");
        out.escaped(logger, LineEncoder.shortName(logger), MAX_NAME, true);
        out.ours("\",\"message\":").quoted(event.getFormattedMessage(), MAX_MESSAGE);
        values(event.getKeyValuePairs(), out);
        if (entry.location() != null) {
            out.ours(",\"location\":\"");
            LineEncoder.location(entry.location(), out);
            out.ours('"');
        }
        exception(event.getThrowableProxy(), out);
        out.ours("}\n");
    }

    private static void values(@Nullable List<KeyValuePair> pairs, LineBuffer out) {
        if (pairs == null) {
            return;
        }
        for (KeyValuePair pair : pairs) {
            if (pair.key.equals("request_id")) {
                value(pair, out);
            }
        }
        for (KeyValuePair pair : pairs) {
            if (pair.key.equals("container_id")) {
                value(pair, out);
            }
        }
        for (KeyValuePair pair : pairs) {
            if (!pair.key.equals("request_id") && !pair.key.equals("container_id")) {
                value(pair, out);
            }
        }
    }

    private static void value(KeyValuePair pair, LineBuffer out) {
        out.ours(',').quoted(isReserved(pair.key) ? "value_" + pair.key : pair.key, MAX_NAME);
        out.ours(':');
        Object value = pair.value;
        if (value == null || isPlain(value)) {
            out.ours(Objects.toString(value));
        } else {
            out.quoted(value.toString(), MAX_VALUE);
        }
    }

    private static boolean isPlain(Object value) {
        return value instanceof Integer || value instanceof Long || value instanceof Boolean;
    }

    private static boolean isReserved(String key) {
        return switch (key) {
            case "timestamp", "level", "logger", "message", "location", "exception" -> true;
            default -> false;
        };
    }

    private static void exception(@Nullable IThrowableProxy exception, LineBuffer out) {
        if (exception == null) {
            return;
        }
        out.ours(",\"exception\":{\"class\":").quoted(exception.getClassName(), MAX_NAME);
        out.ours(",\"message\":")
                .quoted(
                        Objects.requireNonNullElse(exception.getMessage(), ""),
                        ExceptionText.MAX_MESSAGE);
        out.ours(",\"stack_trace\":").quoted(ExceptionText.of(exception), ExceptionText.MAX);
        out.ours('}');
    }
}
