package dev.unifiedproxy.credential;

import dev.unifiedproxy.error.Refusal;

/** What became of an allowed request on its way out. */
public sealed interface Injection {
    /** It may be sent. */
    record Ready(OutboundRequest request) implements Injection {}

    /** It must not be sent; no credential was put on anything. */
    record Refused(Refusal refusal) implements Injection {}
}
