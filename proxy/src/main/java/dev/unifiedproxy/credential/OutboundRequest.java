package dev.unifiedproxy.credential;

import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.policy.AuthorizedRequest;

import java.time.Duration;
import java.util.Optional;

/**
 * Last stage: what is sent, with its credential. Only {@link CredentialInjector} constructs it, and
 * the upstream client accepts nothing else.
 */
public final class OutboundRequest {
    private final AuthorizedRequest authorized;
    private final Headers headers;
    private final String credentialId;

    OutboundRequest(AuthorizedRequest authorized, Headers headers, String credentialId) {
        this.authorized = authorized;
        this.headers = headers;
        this.credentialId = credentialId;
    }

    /** The request that policy allowed. */
    public AuthorizedRequest authorized() {
        return authorized;
    }

    /** Who sent it. */
    public String containerId() {
        return authorized.container().id();
    }

    /** Where to. */
    public Authority authority() {
        return authorized.inbound().authority();
    }

    /** Whether over TLS. */
    public boolean secure() {
        return authorized.inbound().secure();
    }

    /** The method. */
    public Method method() {
        return authorized.inbound().method();
    }

    /** Path and query, exactly as they were judged. */
    public String target() {
        return authorized.inbound().target().text();
    }

    /**
     * The field lines to send: end-to-end fields of the client, Host, and the credential; no
     * hop-by-hop field and no framing.
     */
    public Headers headers() {
        return headers;
    }

    /** What of the client's trailers is sent: no placeholder, nothing that ends here. */
    public Headers trailers(Headers client) {
        return client.size() == 0 ? client : OutboundFields.trailers(client);
    }

    /** How the body ends. */
    public BodyFraming framing() {
        return authorized.inbound().head().framing();
    }

    /** Whether it is the opening handshake of a WebSocket. */
    public boolean opensWebSocket() {
        return authorized.inbound().head().opensWebSocket();
    }

    /** The longest silence, where its rule says another than the usual. */
    public Optional<Duration> idleTimeout() {
        return authorized.idleTimeout();
    }

    /**
     * Which credential it carries, for the connection pool and the audit record; empty for none.
     * Not a secret.
     */
    public String credentialId() {
        return credentialId;
    }
}
