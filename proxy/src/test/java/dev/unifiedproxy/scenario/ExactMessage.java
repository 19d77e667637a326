package dev.unifiedproxy.scenario;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A message exactly as it came, but for one thing: the chunks of a body are joined, because where
 * they are cut means nothing.
 */
final class ExactMessage {
    private ExactMessage() {}

    /** Reads one; empty when the peer closed before its first byte. */
    static Optional<String> read(InputStream in, boolean bodiless) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                if (head.isEmpty()) {
                    return Optional.empty();
                }
                throw new IOException("cut inside a head: " + head);
            }
            head.append((char) next);
        }
        String fields = head.toString().toLowerCase(java.util.Locale.ROOT);
        if (bodiless) {
            return Optional.of(head.toString());
        }
        if (fields.contains("\r\ntransfer-encoding: chunked\r\n")) {
            return Optional.of(head + chunks(in));
        }
        int length = fields.indexOf("\r\ncontent-length: ");
        int count =
                length < 0
                        ? 0
                        : Integer.parseInt(
                                fields.substring(length + 18, fields.indexOf("\r\n", length + 2)));
        return Optional.of(head + exactly(in, count));
    }

    private static String chunks(InputStream in) throws IOException {
        StringBuilder body = new StringBuilder();
        while (true) {
            int size = Integer.parseInt(line(in), 16);
            if (size == 0) {
                break;
            }
            body.append(exactly(in, size));
            if (!line(in).isEmpty()) {
                throw new IOException("a chunk that does not end behind " + body);
            }
        }
        StringBuilder trailers = new StringBuilder();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            trailers.append(line).append("\r\n");
        }
        String chunk =
                body.isEmpty() ? "" : Integer.toHexString(body.length()) + "\r\n" + body + "\r\n";
        return chunk + "0\r\n" + trailers + "\r\n";
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("cut inside a line");
            }
            line.write(next);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        if (!text.endsWith("\r")) {
            throw new IOException("a line that does not end with CRLF: " + text);
        }
        return text.substring(0, text.length() - 1);
    }

    private static String exactly(InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new IOException("cut with " + (count - bytes.length) + " bytes to come");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
