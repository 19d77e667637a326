package dev.unifiedproxy.http;

/**
 * The head of a response that passed the strict parser.
 *
 * @param status 100 to 599
 * @param headers the field lines
 * @param framing how the body ends
 * @param keepAlive whether the connection may carry another exchange afterwards
 */
public record ResponseHead(int status, Headers headers, BodyFraming framing, boolean keepAlive) {
    /** Whether this is an interim response, to be followed by another head. */
    public boolean informational() {
        return status < 200 && !opensWebSocket();
    }

    /** Whether it grants the WebSocket that the request asked for. */
    public boolean opensWebSocket() {
        return framing instanceof BodyFraming.WebSocket;
    }
}
