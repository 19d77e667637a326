package dev.unifiedproxy.policy;

import dev.unifiedproxy.http.InboundRequest;

/** Asks what a rule that inspects wants to know of a request's body. */
@FunctionalInterface
interface Inspection {
    /** What the rule says of the head, and whether it has to read the body. */
    Verdict question(PolicyRule rule, BodyCheck check, InboundRequest request);
}
