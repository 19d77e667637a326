package dev.unifiedproxy.transport;

import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.Headers;

import io.netty.buffer.ByteBuf;

/**
 * Where a request body flows, and who hears of the client. All calls come on the exchange's event
 * loop.
 */
public interface RequestBodySink {
    /** A piece of the body; ownership passes. */
    void body(ByteBuf piece);

    /** The body is complete. */
    void end(Headers trailers);

    /** A burst of pieces is over: push them out. */
    void flush();

    /** The client takes more of the response. */
    void downstreamWritable();

    /**
     * The request can not be completed: the client is gone, too slow, or broke the framing of its
     * body.
     */
    void downstreamFailed(Refusal reason);
}
