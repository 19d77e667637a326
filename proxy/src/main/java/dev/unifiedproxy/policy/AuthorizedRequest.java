package dev.unifiedproxy.policy;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.identity.IdentifiedRequest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Third stage: a request that policy allowed. Only {@link PolicyEngine} constructs it. */
public final class AuthorizedRequest {
    private final IdentifiedRequest identified;
    private final Decision.Allow decision;
    private final Terms terms;
    private final boolean bodyRead;

    AuthorizedRequest(IdentifiedRequest identified, Decision.Allow decision, Terms terms) {
        this(identified, decision, terms, false);
    }

    private AuthorizedRequest(
            IdentifiedRequest identified, Decision.Allow decision, Terms terms, boolean bodyRead) {
        this.identified = identified;
        this.decision = decision;
        this.terms = terms;
        this.bodyRead = bodyRead;
    }

    AuthorizedRequest withBodyRead() {
        return new AuthorizedRequest(identified, decision, terms, true);
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

    /**
     * The longest silence of its response, or of both sides of its WebSocket; empty where no rule
     * says one.
     */
    public Optional<Duration> idleTimeout() {
        return terms.idleTimeout();
    }

    /** How often its container may ask so; every one of them has to grant it. */
    public List<RateLimitRule> rateLimits() {
        return terms.rateLimits();
    }

    /** Whether its whole body was read by a rule, and is there already. */
    public boolean bodyRead() {
        return bodyRead;
    }
}
