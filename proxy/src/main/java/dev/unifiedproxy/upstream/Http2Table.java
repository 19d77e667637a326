package dev.unifiedproxy.upstream;

import io.netty.util.concurrent.Future;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * HTTP/2 connections of one event loop, by what they may carry, the dials that others may wait for,
 * and which hosts speak HTTP/1.1 only. Used on that loop only, so without locks.
 */
final class Http2Table {
    private static final int MAX_REMEMBERED = 1024;

    private final Map<PoolKey, List<Http2Connection>> open = new HashMap<>();
    private final Map<PoolKey, Dial> dials = new HashMap<>();
    private final Map<PoolKey, Boolean> http1 =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<PoolKey, Boolean> eldest) {
                    return size() > MAX_REMEMBERED;
                }
            };

    /** A connection with room for one more exchange. */
    Optional<Http2Connection> find(PoolKey key) {
        List<Http2Connection> connections = open.get(key);
        if (connections == null) {
            return Optional.empty();
        }
        for (Http2Connection connection : connections) {
            if (connection.hasRoom()) {
                return Optional.of(connection);
            }
        }
        return Optional.empty();
    }

    void add(Http2Connection connection) {
        http1.remove(connection.key());
        open.computeIfAbsent(connection.key(), k -> new ArrayList<>(1)).add(connection);
    }

    void remove(Http2Connection connection) {
        List<Http2Connection> connections = open.get(connection.key());
        if (connections != null) {
            connections.remove(connection);
            if (connections.isEmpty()) {
                open.remove(connection.key());
            }
        }
    }

    /** Closes one that carries nothing; done when it is closed. */
    Optional<Future<Void>> closeIdle() {
        return open.values().stream()
                .flatMap(List::stream)
                .filter(Http2Connection::isIdle)
                .findFirst()
                .map(Http2Connection::closeIdle);
    }

    /** The host answered with HTTP/1.1: nobody waits for its connections any more. */
    void speaksHttp1(PoolKey key) {
        http1.put(key, Boolean.TRUE);
    }

    /** A dial that may turn out to speak HTTP/2, so that others may wait for it. */
    Optional<Dial> dialling(PoolKey key) {
        return mayShare(key) ? Optional.ofNullable(dials.get(key)) : Optional.empty();
    }

    private boolean mayShare(PoolKey key) {
        return key.secure() && !key.webSocket() && !http1.containsKey(key);
    }

    /** A dial begins; others may wait for it unless they wait for another one already. */
    void began(Dial dial) {
        if (mayShare(dial.key())) {
            dials.putIfAbsent(dial.key(), dial);
        }
    }

    /** This very dial is over; another one with its key goes on. */
    void ended(Dial dial) {
        dials.remove(dial.key(), dial);
    }
}
