package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.NormalPath;
import dev.unifiedproxy.identity.IdentifiedRequest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides about hosts and requests by the current snapshot; what no rule allows is denied.
 *
 * <p>The snapshot is read once for each decision, so a change in between cannot mix two of them.
 */
public final class PolicyEngine {
    private final Supplier<PolicySnapshot> snapshots;
    private final PassThroughList passThrough;
    private final List<RequestRule> requestRules;

    /** Decides by what the supplier gives at that moment. */
    public PolicyEngine(Supplier<PolicySnapshot> snapshots) {
        this(snapshots, PassThroughList.EMPTY, List.of());
    }

    /**
     * Decides by what the supplier gives at that moment.
     *
     * @param passThrough hosts whose TLS goes by unread where it is allowed at all
     * @param requestRules asked in this order about what the files let pass; one denial is enough
     */
    public PolicyEngine(
            Supplier<PolicySnapshot> snapshots,
            PassThroughList passThrough,
            List<RequestRule> requestRules) {
        this.snapshots = snapshots;
        this.passThrough = passThrough;
        this.requestRules = List.copyOf(requestRules);
    }

    /**
     * An engine that goes on deciding by the rules of this moment: one for each exchange, so that
     * the version in its record is that of the rules that decided.
     */
    public PolicyEngine pinned() {
        PolicySnapshot snapshot = snapshots.get();
        return new PolicyEngine(() -> snapshot, passThrough, requestRules);
    }

    /** The version of the rules that decide now. */
    public String version() {
        return snapshots.get().version();
    }

    /** Whether the host may be looked up at all, on whatever port it would then be reached. */
    public Decision decide(Host host) {
        PolicySnapshot snapshot = snapshots.get();
        List<HostRules> matching = snapshot.matching(host);
        Optional<Decision.Deny> denial = denialOf(snapshot, host, matching);
        if (denial.isPresent()) {
            return denial.get();
        }
        return allow(host, matching, firstAllow(matching));
    }

    /** Whether a connection to the authority may be made. */
    public Decision decide(Authority authority) {
        PolicySnapshot snapshot = snapshots.get();
        return decide(snapshot, authority, snapshot.matching(authority.host()));
    }

    /**
     * Whether the TLS of a tunnel to the authority goes by unread. Never where the authority is not
     * allowed, and never where a rule is about methods or paths, which nobody could then judge.
     */
    public Optional<PassThroughPermit> passThrough(Authority authority) {
        Optional<AllowRule> entry = passThrough.covering(authority);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        PolicySnapshot snapshot = snapshots.get();
        List<HostRules> matching = snapshot.matching(authority.host());
        boolean allowed = decide(snapshot, authority, matching) instanceof Decision.Allow;
        boolean judgedInside =
                requestRules.stream().anyMatch(rule -> rule.concerns(authority.host()))
                        || matching.stream()
                                .anyMatch(
                                        rules ->
                                                rules.endpoint().isPresent()
                                                        || !rules.blocked().isEmpty());
        return allowed && !judgedInside
                ? Optional.of(new PassThroughPermit(authority, entry.get().reference()))
                : Optional.empty();
    }

    /** Whether the request may pass. */
    public Authorization authorize(IdentifiedRequest request) {
        PolicySnapshot snapshot = snapshots.get();
        InboundRequest inbound = request.inbound();
        List<HostRules> matching = snapshot.matching(inbound.authority().host());
        return switch (decide(snapshot, inbound.authority(), matching)) {
            case Decision.Deny denial -> new Authorization.Denied(denial);
            case Decision.Allow allow -> {
                Optional<Decision.Deny> denial = pathDenial(inbound, matching);
                if (denial.isPresent()) {
                    yield new Authorization.Denied(denial.get());
                }
                Optional<Duration> idleTimeout =
                        endpoint(matching).flatMap(EndpointRule::idleTimeout);
                yield byMeaning(request, new AuthorizedRequest(request, allow, idleTimeout));
            }
        };
    }

    private Authorization byMeaning(IdentifiedRequest request, AuthorizedRequest allowed) {
        List<Verdict.ReadBody> questions = new ArrayList<>(0);
        for (RequestRule rule : requestRules) {
            switch (rule.judge(request)) {
                case Verdict.Pass() -> {}
                case Verdict.ReadBody question -> questions.add(question);
                case Verdict.Deny(Decision.Deny denial) -> {
                    return new Authorization.Denied(denial);
                }
            }
        }
        return questions.isEmpty()
                ? new Authorization.Authorized(allowed)
                : new Authorization.NeedsBody(new PendingRequest(allowed, questions));
    }

    private static Decision decide(
            PolicySnapshot snapshot, Authority authority, List<HostRules> matching) {
        Optional<Decision.Deny> denial = denialOf(snapshot, authority.host(), matching);
        if (denial.isPresent()) {
            return denial.get();
        }
        for (HostRules rules : matching) {
            for (AllowRule rule : rules.allows()) {
                if (rule.allows(authority.port())) {
                    return allow(authority.host(), matching, rule);
                }
            }
        }
        return Denials.port(snapshot, authority, matching);
    }

    private static Optional<Decision.Deny> denialOf(
            PolicySnapshot snapshot, Host host, List<HostRules> matching) {
        boolean allowed = false;
        for (HostRules rules : matching) {
            if (!rules.denies().isEmpty()) {
                return Optional.of(Denials.blocked(host, rules.denies().getFirst()));
            }
            allowed |= !rules.allows().isEmpty();
        }
        if (allowed) {
            return Optional.empty();
        }
        return Optional.of(
                switch (host) {
                    case IpAddress address -> Denials.ipLiteral(snapshot, address);
                    case Hostname name -> Denials.notListed(snapshot, name);
                });
    }

    private static AllowRule firstAllow(List<HostRules> matching) {
        for (HostRules rules : matching) {
            if (!rules.allows().isEmpty()) {
                return rules.allows().getFirst();
            }
        }
        throw new IllegalStateException("A host was allowed without a rule that allows it");
    }

    private static Decision.Allow allow(Host host, List<HostRules> matching, AllowRule rule) {
        HostRules innermost = matching.getFirst();
        boolean exactly =
                !(innermost.pattern() instanceof HostPattern.Subtree)
                        && !innermost.allows().isEmpty();
        return new Decision.Allow(
                rule.reference(),
                exactly ? host.text() : rule.pattern().text(),
                rule.pattern() instanceof HostPattern.Address);
    }

    private static Optional<Decision.Deny> pathDenial(
            InboundRequest request, List<HostRules> matching) {
        Optional<EndpointRule> endpoint = endpoint(matching);
        boolean blocks = false;
        for (HostRules rules : matching) {
            blocks |= !rules.blocked().isEmpty();
        }
        if (endpoint.isEmpty() && !blocks) {
            return Optional.empty();
        }
        Host host = request.authority().host();
        NormalPath path = request.target().path();
        if (path.ambiguous()) {
            return Optional.of(Denials.ambiguous(host, path, pathRule(endpoint, matching)));
        }
        if (endpoint.isPresent()) {
            EndpointRule rule = endpoint.get();
            if (!rule.allows(request.method())) {
                return Optional.of(Denials.method(host, request.method(), rule));
            }
            Optional<Decision.Deny> override = MethodOverride.denial(request, rule);
            if (override.isPresent()) {
                return override;
            }
            if (!covers(rule, path.text())) {
                return Optional.of(Denials.path(host, path, rule));
            }
        }
        return blocks ? blockOf(host, path, matching) : Optional.empty();
    }

    /** The innermost one. */
    private static Optional<EndpointRule> endpoint(List<HostRules> matching) {
        for (HostRules rules : matching) {
            if (rules.endpoint().isPresent()) {
                return rules.endpoint();
            }
        }
        return Optional.empty();
    }

    private static String pathRule(Optional<EndpointRule> endpoint, List<HostRules> matching) {
        return endpoint.map(EndpointRule::reference)
                .orElseGet(
                        () ->
                                matching.stream()
                                        .flatMap(rules -> rules.blocked().stream())
                                        .findFirst()
                                        .map(blocked -> blocked.place())
                                        .orElse(""));
    }

    /** A '/' at the end changes nothing: the path is judged without it. */
    private static boolean covers(EndpointRule rule, String path) {
        int length = PathGlob.judgedLength(path);
        for (PathGlob glob : rule.paths()) {
            if (glob.matches(path, length)) {
                return true;
            }
        }
        return false;
    }

    /** A '/' at the end saves nothing: the path is judged with it and without. */
    private static Optional<Decision.Deny> blockOf(
            Host host, NormalPath path, List<HostRules> matching) {
        String text = path.text();
        int length = PathGlob.judgedLength(text);
        for (HostRules rules : matching) {
            for (BlockedPaths blocked : rules.blocked()) {
                for (PathGlob glob : blocked.paths()) {
                    if (glob.matches(text, length)
                            || (length < text.length() && glob.matches(text, text.length()))) {
                        return Optional.of(Denials.blockedPath(host, path, blocked, glob));
                    }
                }
            }
        }
        return Optional.empty();
    }
}
