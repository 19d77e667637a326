package dev.unifiedproxy.http;

/** How the end of a body is known (RFC 9112 section 6.3). */
public sealed interface BodyFraming {
    /** There is no body. */
    record None() implements BodyFraming {}

    /** So many bytes. */
    record Length(long bytes) implements BodyFraming {}

    /** Chunks, then trailers. */
    record Chunked() implements BodyFraming {}

    /** All that comes until the connection closes; responses only. */
    record UntilClose() implements BodyFraming {}

    /**
     * WebSocket frames, both ways at once and until the closing handshake: what a request asks for
     * instead of a body, and what a 101 grants.
     */
    record WebSocket() implements BodyFraming {}

    BodyFraming NONE = new None();
    BodyFraming CHUNKED = new Chunked();
    BodyFraming UNTIL_CLOSE = new UntilClose();
    BodyFraming WEB_SOCKET = new WebSocket();
}
