package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.identity.IdentifiedRequest;

/**
 * Judges by its meaning what the rules about hosts, methods and paths have let pass: the rules of
 * one API. Computes only; called on an event loop.
 */
public interface RequestRule {
    /**
     * Whether it has something to say about this host at all. TLS to such a host is never passed
     * through unread.
     */
    boolean concerns(Host host);

    /**
     * What this rule says of a request, by its head; {@link Verdict#PASS} where it is not about it.
     */
    Verdict judge(IdentifiedRequest request);
}
