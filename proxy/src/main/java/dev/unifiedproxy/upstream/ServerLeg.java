package dev.unifiedproxy.upstream;

import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.Headers;

import io.netty.buffer.ByteBuf;

/**
 * The server's side of one exchange: a whole connection over HTTP/1.1, one stream of a connection
 * over HTTP/2. All calls come on the exchange's event loop.
 */
sealed interface ServerLeg permits UpstreamConnection, Http2Stream {
    /** Who is at the other end. */
    IpAddress address();

    /** Whether its loss may only mean that a connection used before had been closed by now. */
    boolean used();

    /** Whether the server said that it did not look at the request. */
    boolean unprocessed();

    /** Whether it can still carry bytes. */
    boolean isActive();

    /** Whether the server takes more of the request; the exchange is told when it does again. */
    boolean isWritable();

    /** Sends a request head; its body follows by {@link #body} and {@link #endBody}. */
    void start(UpstreamExchange exchange);

    /** Sends a piece of the request body; takes ownership. */
    void body(ByteBuf piece);

    /** The request is complete. */
    void endBody(Headers trailers);

    /** Pushes out what was sent. */
    void flush();

    /** The client takes no more for now. */
    void pauseReading();

    /** The client takes more. */
    void resumeReading();

    /** The exchange is over on both sides, cleanly. */
    void release();

    /** The exchange is over and was not clean. */
    void discard();
}
