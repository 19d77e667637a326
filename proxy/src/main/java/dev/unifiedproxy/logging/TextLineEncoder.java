package dev.unifiedproxy.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;

import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

import java.util.List;

/**
 * A line as {@code <timestamp> <LEVEL> [<logger>] [<request_id>/<container_id>] <message>}, then
 * the other values as {@code name="value"}, the location in parentheses, and the exception with its
 * line feeds escaped.
 */
final class TextLineEncoder implements LineEncoder {
    private final Timestamp timestamp = new Timestamp();
    private final boolean withTimestamp;

    TextLineEncoder(boolean withTimestamp) {
        this.withTimestamp = withTimestamp;
    }

    @Override
    public void encode(Entry entry, LineBuffer out) {
        ILoggingEvent event = entry.event();
        if (withTimestamp) {
            timestamp.append(event.getInstant(), out);
            out.ours(' ');
        }
        String logger = event.getLoggerName();
        out.ours(LineEncoder.name(event.getLevel())).ours(" [");
        out.escaped(logger, LineEncoder.shortName(logger), MAX_NAME, false);
        List<KeyValuePair> pairs =
                event.getKeyValuePairs() == null ? List.of() : event.getKeyValuePairs();
        out.ours("] [").unquoted(valueOf(pairs, "request_id"), MAX_VALUE);
        out.ours('/').unquoted(valueOf(pairs, "container_id"), MAX_VALUE);
        out.ours("] ").unquoted(event.getFormattedMessage(), MAX_MESSAGE);
        for (KeyValuePair pair : pairs) {
            if (!pair.key.equals("request_id") && !pair.key.equals("container_id")) {
                out.ours(' ').unquoted(pair.key, MAX_NAME).ours('=');
                out.quoted(String.valueOf(pair.value), MAX_VALUE);
            }
        }
        if (entry.location() != null) {
            out.ours(" (");
            LineEncoder.location(entry.location(), out);
            out.ours(')');
        }
        if (event.getThrowableProxy() != null) {
            out.ours(" ").unquoted(ExceptionText.of(event.getThrowableProxy()), ExceptionText.MAX);
        }
        out.ours('\n');
    }

    private static String valueOf(List<KeyValuePair> pairs, String key) {
        for (KeyValuePair pair : pairs) {
            if (pair.key.equals(key)) {
                return orDash(pair.value);
            }
        }
        return "-";
    }

    private static String orDash(@Nullable Object value) {
        String text = String.valueOf(value);
        return value == null || text.isEmpty() ? "-" : text;
    }
}
