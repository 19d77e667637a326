package dev.unifiedproxy.identity;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.http.InboundRequest;

/** Identified requests for tests of the stages behind identity. */
public final class IdentifiedRequests {
    private IdentifiedRequests() {}

    /** As if identity had found this container. */
    public static IdentifiedRequest of(InboundRequest inbound, Container container) {
        return new IdentifiedRequest(inbound, container);
    }
}
