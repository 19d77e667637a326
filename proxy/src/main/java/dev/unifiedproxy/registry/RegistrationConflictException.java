package dev.unifiedproxy.registry;

import dev.unifiedproxy.host.IpAddress;

/** The address belongs to another live container. Expected, so without a stack trace. */
public final class RegistrationConflictException extends Exception {
    private final transient IpAddress address;
    private final String holder;

    RegistrationConflictException(IpAddress address, String holder) {
        super(
                "IP " + address.text() + " already registered to container " + holder,
                null,
                false,
                false);
        this.address = address;
        this.holder = holder;
    }

    /** The address that was asked for. */
    public IpAddress address() {
        return address;
    }

    /** The id of the container that has it. */
    public String holder() {
        return holder;
    }
}
