package dev.unifiedproxy.listener;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Every open connection from a sandbox: counted, tied to its container once that is known, and
 * closed with it.
 */
public final class ConnectionTable {
    /** How long a container that flooded a connection gets no new one. */
    static final Duration FLOOD_PENALTY = Duration.ofSeconds(10);

    private final int maxConnections;
    private final int maxPerContainer;
    private final AtomicInteger open = new AtomicInteger();
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private final Set<EdgeConnection> edges = ConcurrentHashMap.newKeySet();
    private final Map<String, Set<Channel>> byContainer = new ConcurrentHashMap<>();
    private final Map<String, Integer> floods = new ConcurrentHashMap<>();
    private volatile boolean draining;

    /**
     * An empty table.
     *
     * @param maxConnections in all; what comes beyond is closed at once
     * @param maxPerContainer for one container; what comes beyond is refused
     */
    public ConnectionTable(int maxConnections, int maxPerContainer) {
        this.maxConnections = maxConnections;
        this.maxPerContainer = maxPerContainer;
    }

    /** Counts a new connection; false when there are too many or the proxy is stopping. */
    boolean admit(Channel channel) {
        if (draining) {
            return false;
        }
        if (open.incrementAndGet() > maxConnections) {
            open.decrementAndGet();
            return false;
        }
        channels.add(channel);
        channel.closeFuture()
                .addListener(
                        closed -> {
                            channels.remove(channel);
                            open.decrementAndGet();
                        });
        return true;
    }

    /**
     * Ties a connection to a container; false when that has too many, or flooded one just now. A
     * second call changes nothing.
     *
     * <p>In one step with {@link #unbind}: a set that another thread takes away at this moment
     * would hide the connection from {@link #closeContainer}.
     */
    boolean bind(String containerId, Channel channel) {
        if (byContainer.getOrDefault(containerId, Set.of()).contains(channel)) {
            return true;
        }
        if (floods.containsKey(containerId)) {
            return false;
        }
        // In one step: the last connection may be leaving on another loop, and its set with it.
        Set<Channel> bound =
                byContainer.compute(
                        containerId,
                        (id, known) -> {
                            Set<Channel> all =
                                    known == null ? ConcurrentHashMap.newKeySet() : known;
                            if (all.size() < maxPerContainer) {
                                all.add(channel);
                            }
                            return all;
                        });
        if (!bound.contains(channel)) {
            return false;
        }
        channel.closeFuture().addListener(closed -> unbind(containerId, channel));
        return true;
    }

    private void unbind(String containerId, Channel channel) {
        byContainer.computeIfPresent(
                containerId,
                (id, channels) -> {
                    channels.remove(channel);
                    return channels.isEmpty() ? null : channels;
                });
    }

    /**
     * Gives a container no new connection for {@link #FLOOD_PENALTY}: the bounds on frames are
     * those of one connection, and whoever came back at once would have them anew.
     */
    void punish(String containerId, EventLoop loop) {
        floods.merge(containerId, 1, Integer::sum);
        loop.schedule(
                () -> floods.computeIfPresent(containerId, (id, n) -> n == 1 ? null : n - 1),
                FLOOD_PENALTY.toSeconds(),
                TimeUnit.SECONDS);
    }

    void add(EdgeConnection edge) {
        edges.add(edge);
    }

    void remove(EdgeConnection edge) {
        edges.remove(edge);
    }

    /** Closes all connections of a container that is no longer registered. */
    public void closeContainer(String containerId) {
        ContainerDeparted departed = new ContainerDeparted(containerId);
        for (Channel channel : byContainer.getOrDefault(containerId, Set.of())) {
            channel.pipeline().fireUserEventTriggered(departed);
            channel.close(); // behind what was said because of the event, on the same loop
        }
    }

    /** How many connections are open. */
    public int open() {
        return open.get();
    }

    /** Whether the proxy is stopping: every response is the last one of its connection. */
    boolean draining() {
        return draining;
    }

    /** Begins to stop: idle connections close now, the others after the exchange in progress. */
    public void drain() {
        draining = true;
        edges.forEach(EdgeConnection::drain);
    }

    /** How many exchanges are in progress. */
    public long exchangesInProgress() {
        return edges.stream().mapToLong(EdgeConnection::exchangesInProgress).sum();
    }

    /** Closes what is left. */
    public void closeAll() {
        channels.forEach(Channel::close);
    }
}
