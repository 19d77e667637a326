package dev.unifiedproxy.policy;

/** What a refusal means in a scope. */
public enum Mode {
    /** It is refused. */
    ENFORCE,
    /** It is let through, marked and counted, for learning what a policy would have to allow. */
    OBSERVE
}
