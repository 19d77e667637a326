package dev.unifiedproxy.identity;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.http.InboundRequest;

/** Second stage: a request of a registered container. Only {@link Identifier} constructs it. */
public final class IdentifiedRequest {
    private final InboundRequest inbound;
    private final Container container;

    IdentifiedRequest(InboundRequest inbound, Container container) {
        this.inbound = inbound;
        this.container = container;
    }

    /** The request. */
    public InboundRequest inbound() {
        return inbound;
    }

    /** Who sent it. */
    public Container container() {
        return container;
    }
}
