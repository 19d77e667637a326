package dev.unifiedproxy.pipeline;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.credential.CredentialInjector;
import dev.unifiedproxy.credential.Injection;
import dev.unifiedproxy.credential.OutboundRequest;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.http.ConnectRequest;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.identity.Identification;
import dev.unifiedproxy.identity.IdentifiedRequest;
import dev.unifiedproxy.identity.Identifier;
import dev.unifiedproxy.limit.ByteBudget;
import dev.unifiedproxy.limit.RuleLimiter;
import dev.unifiedproxy.policy.Authorization;
import dev.unifiedproxy.policy.AuthorizedRequest;
import dev.unifiedproxy.policy.Decision;
import dev.unifiedproxy.policy.PassThroughPermit;
import dev.unifiedproxy.policy.PendingRequest;
import dev.unifiedproxy.policy.PolicyEngine;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.ExchangePath;
import dev.unifiedproxy.transport.HeldBody;
import dev.unifiedproxy.upstream.UpstreamClient;

import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The order of the path. Whatever the way in, a request passes these stages, in this order, and the
 * first refusal ends it: nothing after it runs, no credential is attached, no byte is sent
 * upstream.
 *
 * <pre>
 * room for an audit record → identity → connection limit → policy (→ body → policy) → rate limit
 * → credential → upstream → record
 * </pre>
 *
 * Each stage takes only what the one before it returned, so a different order does not compile.
 * This is the one place that catches, and what it does not know it refuses.
 */
public final class RequestPath implements ExchangePath {
    private final Identifier identifier;
    private final PolicyEngine policy;
    private final CredentialInjector credentials;
    private final UpstreamClient upstream;
    private final Recorder recorder;
    private final BodyReading bodies;
    private final RateLimits rates;

    /**
     * What bounds the stages.
     *
     * @param heldBodies the bodies that are held for rules that read them
     * @param judges runs those rules
     * @param rates the buckets of {@code rate_limit} rules
     */
    public record Limits(ByteBudget heldBodies, Executor judges, RuleLimiter rates) {}

    /** A path through these stages. */
    public RequestPath(
            Identifier identifier,
            PolicyEngine policy,
            CredentialInjector credentials,
            UpstreamClient upstream,
            Recorder recorder,
            Limits limits) {
        this.identifier = identifier;
        this.policy = policy;
        this.credentials = credentials;
        this.upstream = upstream;
        this.recorder = recorder;
        this.bodies = new BodyReading(limits.heldBodies(), limits.judges());
        this.rates = new RateLimits(limits.rates());
    }

    @Override
    public void handle(InboundRequest request, Downstream downstream) {
        run(request, Optional.empty(), downstream);
    }

    private void run(InboundRequest request, Optional<Container> opener, Downstream downstream) {
        Exchange exchange = recorder.begin(request, downstream);
        orEnd(
                exchange,
                () -> {
                    recorder.requireRoom();
                    IdentifiedRequest identified = identify(request, opener, exchange);
                    requireConnection(identified.container(), downstream);
                    PolicyEngine rules = policy.pinned();
                    switch (rules.authorize(identified)) {
                        case Authorization.NeedsBody(PendingRequest pending) ->
                                bodies.read(
                                        pending,
                                        downstream,
                                        exchange,
                                        (verdict, body) ->
                                                resume(
                                                        identified,
                                                        verdict,
                                                        rules.version(),
                                                        body,
                                                        downstream,
                                                        exchange));
                        case Authorization verdict -> {
                            AuthorizedRequest authorized =
                                    requireAuthorized(
                                            identified, verdict, rules.version(), exchange);
                            upstream.send(
                                    attachCredential(authorized, exchange), downstream, exchange);
                        }
                    }
                });
    }

    /** The body was read and judged. While it came, the registration may have ended. */
    private void resume(
            IdentifiedRequest identified,
            Authorization verdict,
            String policyVersion,
            HeldBody body,
            Downstream downstream,
            Exchange exchange) {
        orEnd(
                exchange,
                () -> {
                    OutboundRequest outbound;
                    try {
                        requireConnection(identified.container(), downstream);
                        outbound =
                                attachCredential(
                                        requireAuthorized(
                                                identified, verdict, policyVersion, exchange),
                                        exchange);
                    } catch (RuntimeException e) {
                        body.release();
                        throw e;
                    }
                    upstream.send(outbound, body, downstream, exchange);
                });
    }

    @Override
    public Optional<Tunnel> connect(ConnectRequest request, Downstream downstream) {
        Exchange exchange = recorder.begin(request, downstream);
        try {
            recorder.requireRoom();
            Container container = identify(request, exchange);
            requireConnection(container, downstream);
            PolicyEngine rules = policy.pinned();
            authorize(rules, request, container, exchange);
            Optional<PassThroughPermit> permit = rules.passThrough(request.authority(), container);
            permit.ifPresent(exchange::passesThrough);
            return Optional.of(new AdmittedTunnel(container, exchange, permit));
        } catch (RefusedException e) {
            exchange.refuse(e.refusal());
        } catch (RuntimeException e) {
            exchange.defect(e);
        }
        return Optional.empty();
    }

    @Override
    public void reject(RejectedRequest request, Downstream downstream) {
        Exchange exchange = recorder.begin(request, downstream);
        orEnd(
                exchange,
                () -> {
                    // A stranger learns that it is one, and nothing else.
                    request.stranger()
                            .map(head -> settled(identifier.identify(request.source(), head)))
                            .ifPresent(exchange::identified);
                    exchange.refuse(request.refusal());
                });
    }

    /** Where stages throw: a refusal is one, and what is not known is a defect and refused too. */
    private static void orEnd(Exchange exchange, Runnable stages) {
        try {
            stages.run();
        } catch (RefusedException e) {
            exchange.refuse(e.refusal());
        } catch (RuntimeException e) {
            exchange.defect(e);
        }
    }

    // ---- the stages ----

    private IdentifiedRequest identify(
            InboundRequest request, Optional<Container> opener, Exchange exchange) {
        IdentifiedRequest identified =
                settled(
                        opener.isPresent()
                                ? identifier.identify(request, opener.get())
                                : identifier.identify(request));
        exchange.identified(identified.container());
        return identified;
    }

    private Container identify(ConnectRequest request, Exchange exchange) {
        Container container = settled(identifier.identify(request));
        exchange.identified(container);
        return container;
    }

    private static <T> T settled(Identification<T> identification) {
        return switch (identification) {
            case Identification.Identified<T>(T caller) -> caller;
            case Identification.Unidentified<T>(Refusal refusal) ->
                    throw new RefusedException(refusal);
        };
    }

    /**
     * Ties the connection to the container, and looks again: a registration that ended in between
     * has closed the connections that were tied by then, and not this one.
     */
    private void requireConnection(Container container, Downstream downstream) {
        if (!downstream.bind(container.id())) {
            throw new RefusedException(
                    ErrorCode.OVERLOADED,
                    "Container "
                            + container.id()
                            + " has too many open connections, or flooded one a moment ago");
        }
        if (!identifier.isCurrent(container)) {
            throw new RefusedException(
                    ErrorCode.UNKNOWN_CONTAINER,
                    "The registration of container " + container.id() + " ended just now");
        }
    }

    private AuthorizedRequest requireAuthorized(
            IdentifiedRequest request,
            Authorization verdict,
            String policyVersion,
            Exchange exchange) {
        Host host = request.inbound().authority().host();
        return switch (verdict) {
            case Authorization.Authorized(AuthorizedRequest authorized) -> {
                Optional<Decision.Deny> tooOften = rates.denial(authorized);
                if (tooOften.isPresent()) {
                    exchange.decided(tooOften.get(), host, policyVersion);
                    throw new RefusedException(tooOften.get().refusal());
                }
                exchange.decided(authorized.decision(), host, policyVersion);
                yield authorized;
            }
            case Authorization.Denied(Decision.Deny denial) -> {
                exchange.decided(denial, host, policyVersion);
                throw new RefusedException(denial.refusal());
            }
            case Authorization.NeedsBody needsBody ->
                    throw new IllegalStateException("The verdict on a body asks for the body");
        };
    }

    /**
     * Judges host and port of a CONNECT; method and path are judged when a request comes through.
     */
    private void authorize(
            PolicyEngine rules, ConnectRequest request, Container container, Exchange exchange) {
        Decision decision = rules.decide(request.authority(), container);
        exchange.decided(decision, request.authority().host(), rules.version());
        if (decision instanceof Decision.Deny denial) {
            throw new RefusedException(denial.refusal());
        }
    }

    private OutboundRequest attachCredential(AuthorizedRequest request, Exchange exchange) {
        return switch (credentials.attach(request)) {
            case Injection.Ready(OutboundRequest outbound) -> {
                exchange.credential(outbound.credentialId());
                yield outbound;
            }
            case Injection.Refused(Refusal refusal) -> throw new RefusedException(refusal);
        };
    }

    /**
     * A CONNECT that may come to work, and the container that every request inside must come from.
     */
    private final class AdmittedTunnel implements Tunnel {
        private final Container opener;
        private final Exchange exchange;
        private final Optional<PassThroughPermit> permit;

        AdmittedTunnel(Container opener, Exchange exchange, Optional<PassThroughPermit> permit) {
            this.opener = opener;
            this.exchange = exchange;
            this.permit = permit;
        }

        @Override
        public String containerId() {
            return opener.id();
        }

        @Override
        public boolean passesThrough() {
            return permit.isPresent();
        }

        /** The registration may have ended since the CONNECT, so it is looked at again. */
        @Override
        public void splice(Downstream client) {
            try {
                requireConnection(opener, client);
                upstream.passThrough(permit.orElseThrow(), client, exchange);
            } catch (RefusedException e) {
                exchange.tunnelBroken(e.refusal());
                client.abort();
            } catch (RuntimeException e) {
                exchange.defect(e);
            }
        }

        @Override
        public void established() {
            exchange.tunnelEstablished();
        }

        @Override
        public void broken(Refusal refusal) {
            exchange.tunnelBroken(refusal);
        }

        @Override
        public void handle(InboundRequest request, Downstream downstream) {
            run(request, Optional.of(opener), downstream);
        }
    }
}
