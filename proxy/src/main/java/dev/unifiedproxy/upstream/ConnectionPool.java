package dev.unifiedproxy.upstream;

import io.netty.util.concurrent.Future;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * Idle connections of one event loop, newest first out. Used on that loop only, so without locks.
 *
 * <p>Bounded by destination and in all; what is over the bound is closed.
 */
final class ConnectionPool {
    private static final int MAX_IDLE_PER_KEY = 512;
    private static final int MAX_IDLE = 2048;

    private final Map<PoolKey, ArrayDeque<UpstreamConnection>> idle = new HashMap<>();

    /** The same ones, those that have waited longest first. */
    private final SequencedSet<UpstreamConnection> byAge = new LinkedHashSet<>();

    /** Takes an idle connection out. */
    Optional<UpstreamConnection> take(PoolKey key) {
        ArrayDeque<UpstreamConnection> connections = idle.get(key);
        if (connections == null) {
            return Optional.empty();
        }
        UpstreamConnection connection = connections.removeLast();
        byAge.remove(connection);
        if (connections.isEmpty()) {
            idle.remove(key);
        }
        return Optional.of(connection);
    }

    /** Keeps a connection that ended an exchange cleanly; false when there is no room. */
    boolean keep(UpstreamConnection connection) {
        PoolKey key = connection.key();
        ArrayDeque<UpstreamConnection> connections =
                idle.computeIfAbsent(key, k -> new ArrayDeque<>());
        if (byAge.size() >= MAX_IDLE || connections.size() >= MAX_IDLE_PER_KEY) {
            if (connections.isEmpty()) {
                idle.remove(key);
            }
            return false;
        }
        connections.addLast(connection);
        byAge.add(connection);
        return true;
    }

    /** A connection closed while it was idle. */
    void forget(UpstreamConnection connection) {
        if (!byAge.remove(connection)) {
            return;
        }
        PoolKey key = connection.key();
        ArrayDeque<UpstreamConnection> connections = idle.get(key);
        if (connections != null && connections.remove(connection) && connections.isEmpty()) {
            idle.remove(key);
        }
    }

    /** Closes the one that has waited longest; done when it is closed. */
    Optional<Future<Void>> closeOldest() {
        if (byAge.isEmpty()) {
            return Optional.empty();
        }
        UpstreamConnection oldest = byAge.getFirst();
        forget(oldest);
        return Optional.of(oldest.closeIdle());
    }
}
