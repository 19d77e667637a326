package dev.unifiedproxy.http;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import java.util.Locale;
import java.util.Set;

/**
 * The trailer section behind the last chunk.
 *
 * <p>A trailer may not carry what governs framing, routing, authentication or content handling (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9110#section-6.5.1">RFC 9110 section 6.5.1</a>
 * forbids sending it; we refuse instead of ignoring).
 */
public final class TrailerParser {
    private static final Set<String> FORBIDDEN =
            Set.of(
                    "authorization",
                    "cache-control",
                    "connection",
                    "content-encoding",
                    "content-length",
                    "content-range",
                    "content-type",
                    "cookie",
                    "expect",
                    "host",
                    "keep-alive",
                    "max-forwards",
                    "proxy-authenticate",
                    "proxy-authorization",
                    "proxy-connection",
                    "range",
                    "set-cookie",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade",
                    "www-authenticate",
                    "x-api-key",
                    "x-container-id",
                    "x-goog-api-key");

    private TrailerParser() {}

    /**
     * Parses a trailer section.
     *
     * @param bytes holds the fields from index 0 on, the final empty line included
     * @param length how many bytes of the array belong to it
     * @param onError {@link ErrorCode#MALFORMED} for a request's, {@link ErrorCode#BAD_RESPONSE}
     *     for a response's
     * @throws RefusedException with that code when a line is malformed or a name is forbidden
     */
    public static Headers parse(byte[] bytes, int length, ErrorCode onError) {
        HeadReader reader = new HeadReader(bytes, length, onError);
        return checked(reader.fields(), onError);
    }

    /** These trailers, if every name may stand in one. */
    static Headers checked(Headers fields, ErrorCode onError) {
        for (int i = 0; i < fields.size(); i++) {
            if (FORBIDDEN.contains(fields.name(i).toLowerCase(Locale.ROOT))) {
                throw HeadReader.refuse(
                        onError, "field '" + fields.name(i) + "' stands in a trailer");
            }
        }
        return fields;
    }
}
