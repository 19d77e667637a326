package dev.unifiedproxy.upstream;

import dev.unifiedproxy.credential.OutboundRequest;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;

import java.util.Locale;

/** The header block of a request to a server (RFC 9113 section 8.3.1). */
final class Http2RequestBlock {
    private Http2RequestBlock() {}

    /** The head of a request: pseudo-header fields from the stage, then its fields. */
    static Http2Headers of(OutboundRequest request) {
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

    /** What a table of compression must not remember (RFC 7541 section 7.1.3). */
    static boolean isSensitive(CharSequence name, CharSequence value) {
        return switch (name.toString()) {
            case "authorization", "cookie", "x-api-key", "x-goog-api-key" -> true;
            default -> false;
        };
    }
}
