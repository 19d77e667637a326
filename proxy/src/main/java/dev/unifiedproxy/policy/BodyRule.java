package dev.unifiedproxy.policy;

import dev.unifiedproxy.http.WholeBody;

import java.util.Optional;

/** Judges a request's whole body. Computes only; called on a thread that may take its time. */
@FunctionalInterface
public interface BodyRule {
    /** The denial, or empty when there is nothing against the body. */
    Optional<Decision.Deny> judge(WholeBody body);
}
