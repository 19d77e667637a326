package dev.unifiedproxy.scenario;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** HTTP/1.1 read leniently, byte for byte, for both ends of a test. */
public final class Wire {
    /** One field line. */
    public record Field(String name, String value) {
        /** Whether it has this name. */
        public boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    /** The first line and the fields of a message. */
    public record Head(String firstLine, List<Field> fields) {
        /** The first value of a field. */
        public Optional<String> first(String name) {
            return fields.stream().filter(f -> f.is(name)).map(Field::value).findFirst();
        }

        boolean chunked() {
            return first("transfer-encoding").filter("chunked"::equalsIgnoreCase).isPresent();
        }
    }

    private static final Pattern LINE = Pattern.compile("\r\n");

    private Wire() {}

    /** Reads a head; empty when the peer closed before its first byte. */
    static Optional<Head> head(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0) {
                if (bytes.size() == 0) {
                    return Optional.empty();
                }
                throw new EOFException("cut inside a head: " + bytes);
            }
            bytes.write(next);
            matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
        }
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        String[] lines = LINE.split(text, -1);
        List<Field> fields = new ArrayList<>();
        for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
            int colon = lines[i].indexOf(':');
            fields.add(
                    new Field(lines[i].substring(0, colon), lines[i].substring(colon + 1).strip()));
        }
        return Optional.of(new Head(lines[0], List.copyOf(fields)));
    }

    /** Takes the bytes of a body as they come. */
    interface Sink {
        void take(byte[] bytes, int length) throws IOException;
    }

    /** Reads the body that the fields announce; returns the trailers. */
    static List<Field> body(InputStream in, Head head, Sink sink) throws IOException {
        if (head.chunked()) {
            return chunks(in, sink);
        }
        exactly(in, Long.parseLong(head.first("content-length").orElse("0")), sink);
        return List.of();
    }

    private static List<Field> chunks(InputStream in, Sink sink) throws IOException {
        while (true) {
            long size = Long.parseLong(line(in), 16);
            if (size == 0) {
                return trailers(in);
            }
            exactly(in, size, sink);
            line(in);
        }
    }

    private static List<Field> trailers(InputStream in) throws IOException {
        List<Field> fields = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            fields.add(new Field(line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return List.copyOf(fields);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("cut inside a line");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    private static void exactly(InputStream in, long length, Sink sink) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        long left = length;
        while (left > 0) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw new EOFException("cut with " + left + " bytes to come");
            }
            sink.take(buffer, read);
            left -= read;
        }
    }
}
