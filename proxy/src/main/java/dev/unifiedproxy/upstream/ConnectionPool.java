package dev.unifiedproxy.upstream;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Idle connections of one event loop, newest first out. Used on that loop only, so without locks.
 *
 * <p>Bounded by destination and in all; what is over the bound is closed.
 */
final class ConnectionPool {
    private static final int MAX_IDLE_PER_KEY = 512;
    private static final int MAX_IDLE = 2048;

    private final Map<PoolKey, ArrayDeque<UpstreamConnection>> idle = new HashMap<>();
    private int count;

    /** Takes an idle connection out. */
    Optional<UpstreamConnection> take(PoolKey key) {
        ArrayDeque<UpstreamConnection> connections = idle.get(key);
        if (connections == null) {
            return Optional.empty();
        }
        UpstreamConnection connection = connections.removeLast();
        count--;
        if (connections.isEmpty()) {
            idle.remove(key);
        }
        return Optional.of(connection);
    }

    /** Keeps a connection that ended an exchange cleanly; false when there is no room. */
    boolean keep(PoolKey key, UpstreamConnection connection) {
        ArrayDeque<UpstreamConnection> connections =
                idle.computeIfAbsent(key, k -> new ArrayDeque<>());
        if (count >= MAX_IDLE || connections.size() >= MAX_IDLE_PER_KEY) {
            if (connections.isEmpty()) {
                idle.remove(key);
            }
            return false;
        }
        connections.addLast(connection);
        count++;
        return true;
    }

    /** A connection closed while it was idle. */
    void forget(PoolKey key, UpstreamConnection connection) {
        ArrayDeque<UpstreamConnection> connections = idle.get(key);
        if (connections != null && connections.remove(connection)) {
            count--;
            if (connections.isEmpty()) {
                idle.remove(key);
            }
        }
    }
}
