package dev.unifiedproxy.github;

import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.WholeBody;
import dev.unifiedproxy.json.JsonReader;
import dev.unifiedproxy.json.JsonSyntaxException;
import dev.unifiedproxy.json.JsonValue;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a body has to be so that GitHub and we read the same in it: one plain JSON object. */
final class JsonBody {
    /** The longest body that is read, in bytes. */
    static final int MAX_BYTES = 1 << 20;

    private static final String MEDIA_TYPE = "application/json";
    private static final int MAX_DEPTH = 64;
    private static final JsonReader READER = new JsonReader(MAX_DEPTH);

    private JsonBody() {}

    /** What the head says against it, such as a compressed body; empty when nothing. */
    static Optional<String> objection(InboundRequest request) {
        Headers headers = request.head().headers();
        if (headers.contains("content-encoding")) {
            return Optional.of("Compressed bodies are not allowed here");
        }
        List<String> types = headers.all("content-type");
        if (types.size() != 1 || !isPlainJson(types.getFirst())) {
            return Optional.of("The body must be sent with Content-Type: application/json");
        }
        return request.head().expectsBody()
                ? Optional.empty()
                : Optional.of("A body is expected here, and there is none");
    }

    /**
     * No parameter but a charset, and that only UTF-8: with another the bytes say something else.
     */
    private static boolean isPlainJson(String contentType) {
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        boolean plain = parts[0].strip().equals(MEDIA_TYPE);
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            plain &= parameter.isEmpty() || parameter.equals("charset=utf-8");
        }
        return plain;
    }

    /**
     * The object.
     *
     * @throws JsonSyntaxException when it is none that can be read in only one way
     */
    static Optional<JsonValue.Mapping> read(WholeBody body) throws JsonSyntaxException {
        return READER.read(body.content()) instanceof JsonValue.Mapping object
                ? Optional.of(object)
                : Optional.empty();
    }
}
