package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.http.InboundRequest;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is asked of policy, as far as it is known: a host for DNS, host and port for a CONNECT, and
 * all of it for a request. Used by one thread, for one decision.
 */
final class Asked {
    private final Host host;
    private final OptionalInt port;
    private final Optional<InboundRequest> request;
    private @Nullable QueryText query;

    private Asked(Host host, OptionalInt port, Optional<InboundRequest> request) {
        this.host = host;
        this.port = port;
        this.request = request;
    }

    static Asked about(Host host) {
        return new Asked(host, OptionalInt.empty(), Optional.empty());
    }

    static Asked about(Authority authority) {
        return new Asked(authority.host(), OptionalInt.of(authority.port()), Optional.empty());
    }

    static Asked about(InboundRequest request) {
        Authority authority = request.authority();
        return new Asked(authority.host(), OptionalInt.of(authority.port()), Optional.of(request));
    }

    Host host() {
        return host;
    }

    /** Empty where the port is not known yet. */
    OptionalInt port() {
        return port;
    }

    /** Empty where nothing but the destination is known yet. */
    Optional<InboundRequest> request() {
        return request;
    }

    /** The parameters of the request's query, read when they are first asked for. */
    QueryText query() {
        QueryText known = query;
        if (known == null) {
            known = QueryText.parse(request.map(all -> all.target().query()).orElse(""));
            query = known;
        }
        return known;
    }
}
