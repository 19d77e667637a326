package dev.unifiedproxy.upstream;

import dev.unifiedproxy.credential.OutboundRequest;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;

import java.util.Locale;
import java.util.Map;

/** Between our values and the field sections of HTTP/2 (RFC 9113 sections 8.2 and 8.3). */
final class Http2Fields {
    private Http2Fields() {}

    /** The head of a request: pseudo-header fields from the stage, then its fields. */
    static Http2Headers request(OutboundRequest request) {
        Headers fields = request.headers();
        Http2Headers out = new DefaultHttp2Headers(false, fields.size() + 6);
        out.method(request.method().name());
        out.scheme(request.secure() ? "https" : "http");
        out.authority(request.authority().hostField(request.secure()));
        out.path(request.target());
        for (int i = 0; i < fields.size(); i++) {
            if (!fields.name(i).equalsIgnoreCase("host")) {
                out.add(fields.name(i).toLowerCase(Locale.ROOT), fields.value(i));
            }
        }
        if (request.framing() instanceof BodyFraming.Length(long bytes)) {
            out.add("content-length", Long.toString(bytes));
        }
        if (request.authorized().inbound().head().headers().hasToken("te", "trailers")) {
            out.add("te", "trailers"); // the one value that HTTP/2 knows (section 8.2.2)
        }
        return out;
    }

    /** Fields behind a body. */
    static Http2Headers trailers(Headers fields) {
        Http2Headers out = new DefaultHttp2Headers(false, fields.size() + 1);
        for (int i = 0; i < fields.size(); i++) {
            out.add(fields.name(i).toLowerCase(Locale.ROOT), fields.value(i));
        }
        return out;
    }

    /** name, value, name, value, …; one character for each byte. */
    static String[] lines(Http2Headers headers) {
        String[] lines = new String[headers.size() * 2];
        int at = 0;
        for (Map.Entry<CharSequence, CharSequence> line : headers) {
            lines[at++] = line.getKey().toString();
            lines[at++] = line.getValue().toString();
        }
        return lines;
    }

    /** What a table of compression must not remember (RFC 7541 section 7.1.3). */
    static boolean isSensitive(CharSequence name, CharSequence value) {
        return switch (name.toString()) {
            case "authorization", "cookie", "x-api-key", "x-goog-api-key" -> true;
            default -> false;
        };
    }
}
