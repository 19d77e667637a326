package dev.unifiedproxy.scenario;

import java.util.List;

/**
 * A request as the stand-in server received it.
 *
 * @param secure whether it came over TLS
 * @param port the port that it came to
 * @param line its first line
 * @param fields its field lines
 * @param bodyBytes the length of its body
 * @param bodySha256 its body's digest, in hexadecimal
 * @param trailers behind a chunked body
 */
public record SeenRequest(
        boolean secure,
        int port,
        String line,
        List<Wire.Field> fields,
        long bodyBytes,
        String bodySha256,
        List<Wire.Field> trailers) {
    /** All values of a field. */
    public List<String> all(String name) {
        return fields.stream().filter(f -> f.is(name)).map(Wire.Field::value).toList();
    }

    /** The whole head as text. */
    public String text() {
        StringBuilder text = new StringBuilder(line);
        fields.forEach(f -> text.append('\n').append(f.name()).append(": ").append(f.value()));
        trailers.forEach(f -> text.append('\n').append(f.name()).append(": ").append(f.value()));
        return text.toString();
    }
}
