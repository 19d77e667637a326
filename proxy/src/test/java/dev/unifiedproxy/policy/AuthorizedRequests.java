package dev.unifiedproxy.policy;

import dev.unifiedproxy.identity.IdentifiedRequest;

/** Makes allowed requests for the tests of what comes after policy. */
public final class AuthorizedRequests {
    private AuthorizedRequests() {}

    /** The request, as if a rule of a test had allowed it. */
    public static AuthorizedRequest allow(IdentifiedRequest request) {
        return new AuthorizedRequest(
                request,
                new Decision.Allow("test:1", request.inbound().authority().host().text(), false),
                Terms.NONE);
    }
}
