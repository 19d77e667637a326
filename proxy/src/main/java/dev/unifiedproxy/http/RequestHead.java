package dev.unifiedproxy.http;

/**
 * The head of a request that passed the strict parser.
 *
 * @param method the method
 * @param target the parsed target
 * @param http10 whether the client speaks HTTP/1.0; only a CONNECT may
 * @param headers the field lines
 * @param framing how the body ends
 */
public record RequestHead(
        Method method, RequestTarget target, boolean http10, Headers headers, BodyFraming framing) {
    /** Whether bytes are to come behind the head. */
    public boolean expectsBody() {
        return switch (framing) {
            case BodyFraming.None none -> false;
            case BodyFraming.Length(long bytes) -> bytes > 0;
            case BodyFraming.Chunked chunked -> true;
            case BodyFraming.UntilClose untilClose -> true;
            case BodyFraming.WebSocket webSocket -> false;
        };
    }

    /** Whether it is the opening handshake of a WebSocket. */
    public boolean opensWebSocket() {
        return framing instanceof BodyFraming.WebSocket;
    }
}
