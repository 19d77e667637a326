package dev.unifiedproxy.http;

/**
 * The head of a request that passed the strict parser, whatever protocol version it came in.
 *
 * @param method the method; GET for a WebSocket
 * @param target the parsed target
 * @param http10 whether the client speaks HTTP/1.0; only a CONNECT may
 * @param headers the field lines
 * @param framing how the body ends; for a WebSocket {@link BodyFraming#UNTIL_CLOSE}
 * @param webSocket whether it opens a WebSocket: an Upgrade over HTTP/1.1 (<a
 *     href="https://datatracker.ietf.org/doc/html/rfc6455#section-4.2.1">RFC 6455 section
 *     4.2.1</a>) or an extended CONNECT over HTTP/2 (<a
 *     href="https://datatracker.ietf.org/doc/html/rfc8441#section-5">RFC 8441 section 5</a>)
 */
public record RequestHead(
        Method method,
        RequestTarget target,
        boolean http10,
        Headers headers,
        BodyFraming framing,
        boolean webSocket) {
    /** A request that opens no WebSocket. */
    public RequestHead(
            Method method,
            RequestTarget target,
            boolean http10,
            Headers headers,
            BodyFraming framing) {
        this(method, target, http10, headers, framing, false);
    }

    /** A request that opens a WebSocket. */
    public static RequestHead webSocket(RequestTarget target, Headers headers) {
        return new RequestHead(Method.GET, target, false, headers, BodyFraming.UNTIL_CLOSE, true);
    }

    /** Whether bytes are to come behind the head. */
    public boolean expectsBody() {
        return switch (framing) {
            case BodyFraming.None none -> false;
            case BodyFraming.Length(long bytes) -> bytes > 0;
            case BodyFraming.Chunked chunked -> true;
            case BodyFraming.UntilClose untilClose -> true;
        };
    }
}
