package dev.unifiedproxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

/**
 * A TLS context that is freed when the cache has dropped it and nobody is making a handler of it.
 *
 * <p>Users are counted here and not with the context's own count, because retaining that one after
 * it fell to zero throws. A handler that was made holds the context by itself.
 */
final class LeafContext {
    private final SslContext context;
    private final int generation;
    private int users;
    private boolean closed;

    private LeafContext(SslContext context, int generation, int users) {
        this.context = context;
        this.generation = generation;
        this.users = users;
    }

    /** A context that the caller holds already, until {@link #release}. */
    static LeafContext acquired(SslContext context, int generation) {
        return new LeafContext(context, generation, 1);
    }

    /** The {@link InterceptionAuthority#generation} that signed it, or one before. */
    int generation() {
        return generation;
    }

    /** Holds the context until {@link #release}; false when the cache has dropped it. */
    synchronized boolean acquire() {
        if (closed) {
            return false;
        }
        users++;
        return true;
    }

    /** Ends one {@link #acquire}. */
    synchronized void release() {
        users--;
        freeIfUnused();
    }

    /** The cache's share ends. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            freeIfUnused();
        }
    }

    /** A handler of the context; only between acquire and release. */
    SslHandler newHandler(ByteBufAllocator allocator) {
        return context.newHandler(allocator);
    }

    private void freeIfUnused() {
        if (closed && users == 0) {
            // Does nothing for the JDK's contexts.
            ReferenceCountUtil.release(context);
        }
    }
}
