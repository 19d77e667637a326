package dev.unifiedproxy.audit;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes records as JSON, one a line, in printable ASCII only. */
final class RecordEncoder {
    /** Characters of a string that are kept. */
    private static final int MAX_TEXT = 512;

    private static final int MAX_PATH = 2_048;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final JsonFactory json =
            JsonFactory.builder()
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .characterEscapes(new DeleteToo())
                    .rootValueSeparator("\n")
                    .build();

    /** DEL is a control byte too, and JSON does not ask for its escape. */
    private static final class DeleteToo extends CharacterEscapes {
        private final int[] codes = standardAsciiEscapesForJSON();

        DeleteToo() {
            codes[0x7f] = ESCAPE_STANDARD;
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return codes;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int character) {
            return null;
        }
    }

    /** Writes the records, each with its line feed. */
    void encode(Iterable<ExchangeRecord> records, OutputStream out) {
        JsonGenerator generator = json.createGenerator(ObjectWriteContext.empty(), out);
        for (ExchangeRecord each : records) {
            write(generator, each);
        }
        generator.writeRaw('\n');
        generator.close();
    }

    private static void write(JsonGenerator out, ExchangeRecord record) {
        out.writeStartObject();
        writeStart(out, record.start());
        ExchangeRecord.Destination destination = record.destination();
        text(out, "method", destination.method());
        text(out, "scheme", destination.scheme());
        text(out, "host", destination.host());
        out.writeNumberProperty("port", destination.port());
        out.writeStringProperty("path", cut(destination.path(), MAX_PATH));
        ExchangeRecord.Verdict verdict = record.verdict();
        out.writeNumberProperty("status", verdict.status());
        out.writeStringProperty("outcome", verdict.outcome().text());
        text(out, "code", verdict.code());
        text(out, "rule", verdict.rule());
        text(out, "detail", verdict.detail());
        text(out, "observed", verdict.observed());
        writePassage(out, record.passage());
        out.writeEndObject();
    }

    private static void writeStart(JsonGenerator out, ExchangeRecord.Start start) {
        out.writeStringProperty("time", time(start.time()));
        text(out, "request_id", start.requestId());
        out.writeStringProperty("kind", start.kind().text());
        text(out, "container_id", start.containerId());
        text(out, "source", start.source());
    }

    private static void writePassage(JsonGenerator out, ExchangeRecord.Passage passage) {
        text(out, "credential", passage.credentialId());
        text(out, "policy_version", passage.policyVersion());
        text(out, "upstream", passage.upstreamAddress());
        out.writeNumberProperty("request_bytes", passage.requestBytes());
        out.writeNumberProperty("response_bytes", passage.responseBytes());
        out.writeNumberProperty("duration_us", passage.durationMicros());
    }

    private static void text(JsonGenerator out, String name, String value) {
        out.writeStringProperty(name, cut(value, MAX_TEXT));
    }

    private static String cut(String value, int max) {
        return value.length() <= max ? value : value.substring(0, max) + "...";
    }

    private static String time(Instant instant) {
        return TIME.format(instant);
    }
}
