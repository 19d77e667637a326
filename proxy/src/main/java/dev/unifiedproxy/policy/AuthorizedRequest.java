package dev.unifiedproxy.policy;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.identity.IdentifiedRequest;

/** Third stage: a request that policy allowed. Only {@link PolicyEngine} constructs it. */
public final class AuthorizedRequest {
    private final IdentifiedRequest identified;
    private final Decision.Allow decision;

    AuthorizedRequest(IdentifiedRequest identified, Decision.Allow decision) {
        this.identified = identified;
        this.decision = decision;
    }

    /** The request. */
    public InboundRequest inbound() {
        return identified.inbound();
    }

    /** Who sent it. */
    public Container container() {
        return identified.container();
    }

    /** What allowed it. */
    public Decision.Allow decision() {
        return decision;
    }
}
