package dev.unifiedproxy.identity;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.http.InboundRequest;

/** Makes identified requests for the tests of what comes after identity. */
public final class IdentifiedRequests {
    private IdentifiedRequests() {}

    /** The request, as if this container had sent it. */
    public static IdentifiedRequest of(InboundRequest request, Container container) {
        return new IdentifiedRequest(request, container);
    }
}
