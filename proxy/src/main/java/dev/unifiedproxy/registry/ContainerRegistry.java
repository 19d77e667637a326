package dev.unifiedproxy.registry;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.container.ContainerLookup;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The registered containers. Reading is in memory and never blocks; a change returns when it is
 * committed, and is visible to every reader from then on.
 */
public interface ContainerRegistry extends ContainerLookup, AutoCloseable {
    /**
     * Registers a container, or renews and changes its registration. Blocks until it is committed.
     *
     * <p>A registration that is renewed keeps its {@code registeredAt}. When its address, metadata
     * or time to live changes, tickets issued before can no longer register it again.
     *
     * @return the registration as it is stored
     * @throws RegistrationConflictException when another live container has the address
     * @throws RegistryUnavailableException when it could not be stored; nothing was changed, unless
     *     the message says that it was not confirmed in time
     */
    Container register(Registration registration) throws RegistrationConflictException;

    /**
     * Ends a registration and revokes its tickets. Blocks until it is committed.
     *
     * @return whether there was a live one
     * @throws RegistryUnavailableException when it could not be stored
     */
    boolean remove(String id);

    /** The live registration of the id. */
    Optional<Container> byId(String id);

    /** The live registrations, ordered by id. */
    List<Container> list();

    /** How many live registrations there are. */
    int count();

    /** How the registry is. */
    RegistryHealth health();

    /** Ends the notice of a set-aside database in {@link #health()}. */
    void acknowledge();

    /**
     * Adds a listener that is told of each registration that ended for its address: removed,
     * expired, displaced after its expiry, or moved to another address. It is called on the
     * registry's writer thread after the change is visible and before it returns, and must not
     * block or call a change.
     */
    void onDeparture(Consumer<Container> listener);

    /** Stores what is queued and ends. Changes are refused from then on; reading still works. */
    @Override
    void close();
}
