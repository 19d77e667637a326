package dev.unifiedproxy.container;

import dev.unifiedproxy.host.IpAddress;

import java.time.Instant;

/** The data path's view of the registry: in memory, never blocking, changes visible at once. */
public interface ContainerLookup {
    /** What is known about an address. */
    sealed interface Finding {
        /** A live registration. */
        record Registered(Container container) implements Finding {}

        /** A registration that ended because it was not renewed in time. */
        record Expired(String containerId) implements Finding {}

        /** Nothing. */
        record Absent() implements Finding {}
    }

    /** Looks the source address of a connection up. */
    Finding find(IpAddress address);

    /** Notes traffic of a container, which renews its registration. Never blocks. */
    void seen(Container container);

    /**
     * Registers a container again from an authentic ticket, when the registry has lost it. Visible
     * at once, stored soon after. Never blocks.
     *
     * @param claimed what the ticket says
     * @param issuedAt when the ticket was issued
     * @return the registration, or {@code Absent} when the ticket was revoked or superseded, or its
     *     id or address is in use
     */
    Finding restore(Container claimed, Instant issuedAt);
}
