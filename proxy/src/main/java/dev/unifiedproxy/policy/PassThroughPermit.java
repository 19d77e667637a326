package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Authority;

/**
 * A destination to which a client's TLS may be passed on unread. Only {@link PolicyEngine} makes
 * one, so nothing can be passed on that policy has not allowed.
 */
public final class PassThroughPermit {
    private final Authority authority;
    private final String rule;

    PassThroughPermit(Authority authority, String rule) {
        this.authority = authority;
        this.rule = rule;
    }

    /** The destination of the CONNECT. */
    public Authority authority() {
        return authority;
    }

    /** The entry of the list, and where it stands. */
    public String rule() {
        return rule;
    }
}
