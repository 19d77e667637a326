package dev.unifiedproxy.registry;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.identity.TicketRevocations;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one transaction will change, on top of the view, which nobody else sees yet. Used by the
 * writer thread, under the view's lock.
 */
final class Draft {
    private static final Duration ONE_TICK = Duration.ofMillis(1);

    private final ContainerView view;
    private final Map<String, Optional<Container>> ids = new HashMap<>();
    private final Map<IpAddress, Optional<Container>> addresses = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<Container> departures = new ArrayList<>();
    private final Map<String, Instant> revocations = new HashMap<>();

    Draft(ContainerView view) {
        this.view = view;
    }

    /** The registration of the id, expired or not. */
    Optional<Container> byId(String id) {
        Optional<Container> drafted = ids.get(id);
        return drafted == null ? view.entry(id) : drafted;
    }

    /** The registration of the address, expired or not. */
    Optional<Container> byAddress(IpAddress address) {
        Optional<Container> drafted = addresses.get(address);
        return drafted == null ? view.entry(address) : drafted;
    }

    boolean touches(Container container) {
        return ids.containsKey(container.id()) || addresses.containsKey(container.address());
    }

    void put(Container container) {
        Optional<Container> before = byId(container.id());
        if (before.isPresent() && !before.get().address().equals(container.address())) {
            addresses.put(before.get().address(), Optional.empty());
            departures.add(before.get());
        }
        ids.put(container.id(), Optional.of(container));
        addresses.put(container.address(), Optional.of(container));
        changes.add(new Change.Put(container));
    }

    void delete(Container container) {
        ids.put(container.id(), Optional.empty());
        addresses.put(container.address(), Optional.empty());
        changes.add(new Change.Delete(container.id()));
        departures.add(container);
    }

    void seen(Container container) {
        changes.add(new Change.Seen(container.id(), container.lastSeen()));
    }

    /** Stores a row that the view already shows. */
    void store(Container container) {
        changes.add(new Change.Put(container));
    }

    /** The instant before which the tickets of the id are revoked, stored or drafted. */
    Optional<Instant> notBefore(String id, TicketRevocations stored) {
        Instant drafted = revocations.get(id);
        return drafted == null ? stored.notBefore(id) : Optional.of(drafted);
    }

    /**
     * Revokes the tickets of the container that were issued until now.
     *
     * @return the first instant whose tickets are good again, later than any ticket so far
     */
    Instant revoke(Container container, Instant now, TicketRevocations stored) {
        Instant latest = container.lastSeen().isAfter(now) ? container.lastSeen() : now;
        Instant notBefore =
                notBefore(container.id(), stored)
                        .filter(latest::isBefore)
                        .orElse(latest)
                        .plus(ONE_TICK);
        revocations.put(container.id(), notBefore);
        return notBefore;
    }

    List<Change> changes() {
        return changes;
    }

    List<Container> departures() {
        return departures;
    }

    Map<String, Instant> revocations() {
        return revocations;
    }

    Map<String, Optional<Container>> ids() {
        return ids;
    }
}
