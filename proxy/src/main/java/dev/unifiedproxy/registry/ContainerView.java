package dev.unifiedproxy.registry;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.container.ContainerLookup.Finding;
import dev.unifiedproxy.host.IpAddress;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What everybody reads: the committed registrations, and those restored from a ticket that are
 * about to be stored.
 *
 * <p>Readers take no lock. Changes hold one for some map operations, never for I/O: a draft is
 * decided under it, stored without it, and applied under it. What a draft touches meanwhile can
 * neither be restored nor renewed, so a decision still holds when it is applied.
 */
final class ContainerView {
    /** How many live registrations are kept. */
    static final int MAX_CONTAINERS = 65_536;

    /** How many ended registrations are remembered, only to say "expired" and not "unknown". */
    private static final int MAX_EXPIRED = 4096;

    /** Traffic within this time of the last is not worth a new entry. */
    private static final Duration GRAIN = Duration.ofMillis(100);

    private record Entry(Container container, Instant storedAt) {}

    private final Map<String, Entry> byId = new ConcurrentHashMap<>();
    private final Map<IpAddress, Entry> byAddress = new ConcurrentHashMap<>();
    private final Map<IpAddress, String> expired = new ConcurrentHashMap<>();
    private final Object lock = new Object();
    private @Nullable Draft current;

    Finding find(IpAddress address, Instant now) {
        Entry entry = byAddress.get(address);
        if (entry != null) {
            Container container = entry.container();
            return container.expiredAt(now)
                    ? new Finding.Expired(container.id())
                    : new Finding.Registered(container);
        }
        String before = expired.get(address);
        return before == null ? new Finding.Absent() : new Finding.Expired(before);
    }

    Optional<Container> entry(String id) {
        return Optional.ofNullable(byId.get(id)).map(Entry::container);
    }

    Optional<Container> entry(IpAddress address) {
        return Optional.ofNullable(byAddress.get(address)).map(Entry::container);
    }

    /** All entries, expired or not, ordered by id. */
    List<Container> entries() {
        return byId.values().stream()
                .map(Entry::container)
                .sorted(Comparator.comparing(Container::id))
                .toList();
    }

    int countLive(Instant now) {
        int count = 0;
        for (Entry entry : byId.values()) {
            count += entry.container().expiredAt(now) ? 0 : 1;
        }
        return count;
    }

    boolean isFull() {
        return byId.size() >= MAX_CONTAINERS;
    }

    /** Fills an empty view. */
    void load(List<Container> stored) {
        synchronized (lock) {
            stored.forEach(container -> show(container, container.lastSeen()));
        }
    }

    /** Opens a draft and decides in it. */
    Draft draft(Consumer<Draft> decisions) {
        synchronized (lock) {
            Draft draft = new Draft(this);
            current = draft;
            decisions.accept(draft);
            return draft;
        }
    }

    /** Shows what the draft says: it is committed. */
    void apply(Draft draft, Instant now) {
        synchronized (lock) {
            current = null;
            for (Container gone : draft.departures()) {
                Entry there = byAddress.get(gone.address());
                if (there != null && there.container().id().equals(gone.id())) {
                    byAddress.remove(gone.address());
                }
                if (gone.expiredAt(now) && expired.size() < MAX_EXPIRED) {
                    expired.put(gone.address(), gone.id());
                }
            }
            draft.ids()
                    .forEach(
                            (id, container) ->
                                    container.ifPresentOrElse(
                                            live -> show(live, live.lastSeen()),
                                            () -> byId.remove(id)));
        }
    }

    /** Forgets the draft: it could not be committed. */
    void abandon() {
        synchronized (lock) {
            current = null;
        }
    }

    private void show(Container container, Instant storedAt) {
        Entry entry = new Entry(container, storedAt);
        byId.put(container.id(), entry);
        byAddress.put(container.address(), entry);
        expired.remove(container.address());
    }

    /**
     * Notes traffic.
     *
     * @param interval how often it is worth a write
     * @return whether it should be written now
     */
    boolean seen(Container container, Instant now, Duration interval) {
        Entry entry = byAddress.get(container.address());
        if (entry == null || isFresh(entry, container, now)) {
            return false;
        }
        synchronized (lock) {
            Entry latest = byAddress.get(container.address());
            if (latest == null
                    || isFresh(latest, container, now)
                    || latest.container().expiredAt(now)
                    || (current != null && current.touches(container))) {
                return false;
            }
            boolean due = !latest.storedAt().plus(interval).isAfter(now);
            show(withLastSeen(latest.container(), now), due ? now : latest.storedAt());
            return due;
        }
    }

    private static boolean isFresh(Entry entry, Container container, Instant now) {
        return !entry.container().id().equals(container.id())
                || entry.container().lastSeen().plus(GRAIN).isAfter(now);
    }

    private static Container withLastSeen(Container container, Instant now) {
        return new Container(
                container.id(),
                container.address(),
                container.registeredAt(),
                now,
                container.ttl(),
                container.metadata());
    }

    /** What traffic has renewed since it was last written. */
    List<Container> unwritten() {
        return byId.values().stream()
                .filter(entry -> entry.container().lastSeen().isAfter(entry.storedAt()))
                .map(Entry::container)
                .toList();
    }

    /**
     * Shows a container that the registry has lost, unless its id or its address is in use.
     *
     * @param admit whether its ticket is still good, and whether it could be queued for storing;
     *     asked under the lock, so that no revocation comes between
     */
    Finding restore(Container claimed, Instant now, Predicate<Container> admit) {
        synchronized (lock) {
            Entry known = byId.get(claimed.id());
            if (known != null
                    && known.container().address().equals(claimed.address())
                    && !known.container().expiredAt(now)) {
                return new Finding.Registered(known.container());
            }
            boolean busy = current != null && current.touches(claimed);
            if (known != null || byAddress.containsKey(claimed.address()) || busy || isFull()) {
                return new Finding.Absent();
            }
            Container restored = withLastSeen(claimed, now);
            if (!admit.test(restored)) {
                return new Finding.Absent();
            }
            show(restored, now);
            return new Finding.Registered(restored);
        }
    }
}
