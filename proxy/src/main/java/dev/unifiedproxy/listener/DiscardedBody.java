package dev.unifiedproxy.listener;

import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.transport.RequestBodySink;

import io.netty.buffer.ByteBuf;

/**
 * Reads a body away that nobody wants, so that the client gets to see its answer; a client that
 * sends too much of it is cut off.
 */
final class DiscardedBody implements RequestBodySink {
    private static final long MAX_BYTES = 1024 * 1024;

    private final Runnable cutOff;
    private long bytes;

    DiscardedBody(Runnable cutOff) {
        this.cutOff = cutOff;
    }

    @Override
    public void body(ByteBuf piece) {
        bytes += piece.readableBytes();
        piece.release();
        if (bytes > MAX_BYTES) {
            cutOff.run();
        }
    }

    @Override
    public void end(Headers trailers) {
        // nobody waits for it
    }

    @Override
    public void flush() {
        // nothing was passed on
    }

    @Override
    public void downstreamWritable() {
        // nothing is being sent
    }

    @Override
    public void downstreamFailed(Refusal reason) {
        // the exchange has ended already
    }
}
