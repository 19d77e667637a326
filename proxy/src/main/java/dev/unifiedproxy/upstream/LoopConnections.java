package dev.unifiedproxy.upstream;

import io.netty.util.concurrent.Future;

import java.util.Optional;

/**
 * The upstream connections of one event loop that more than one exchange may use.
 *
 * @param pool idle ones of HTTP/1.1
 * @param table those of HTTP/2, and what is known of hosts
 * @param turns who may dial
 */
record LoopConnections(ConnectionPool pool, Http2Table table, DialTurns turns) {
    LoopConnections() {
        this(new ConnectionPool(), new Http2Table(), new DialTurns());
    }

    /** Closes one that nobody uses, to make room. */
    Optional<Future<Void>> closeIdle() {
        return pool.closeOldest().or(table::closeIdle);
    }
}
