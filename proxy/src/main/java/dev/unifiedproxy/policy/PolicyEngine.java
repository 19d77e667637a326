package dev.unifiedproxy.policy;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.identity.IdentifiedRequest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides about hosts and requests by the current snapshot; what no rule allows is denied.
 *
 * <p>In this order: {@code !name} lines, which nothing overrides; the rules of the container, of
 * its group and of everybody, of which the first that allows or denies decides; the lines and
 * endpoints of allowlists; the container's mode, which may only observe a denial; blocked paths,
 * which nothing overrides either; what rules ask of the body; the rules of one API.
 *
 * <p>The snapshot is read once for each decision, so a change in between cannot mix two of them.
 */
public final class PolicyEngine {
    private final Supplier<PolicySnapshot> snapshots;
    private final ContainerPolicies containers;
    private final PassThroughList passThrough;
    private final List<RequestRule> requestRules;
    private final Inspection inspection;

    /** What one decision came to, and what it grants beyond passing. */
    private record Judged(Decision decision, Optional<Duration> idleTimeout) {}

    /** Decides by what the supplier gives at that moment. */
    public PolicyEngine(Supplier<PolicySnapshot> snapshots) {
        this(snapshots, PassThroughList.EMPTY, List.of());
    }

    /**
     * Decides by what the supplier gives at that moment; a registration that brings a policy along
     * is denied everything, because nothing here reads it.
     *
     * @param passThrough hosts whose TLS goes by unread where it is allowed at all
     * @param requestRules asked in this order about what the files let pass; one denial is enough
     */
    public PolicyEngine(
            Supplier<PolicySnapshot> snapshots,
            PassThroughList passThrough,
            List<RequestRule> requestRules) {
        this(snapshots, ContainerPolicies.unreadable(), passThrough, requestRules);
    }

    /**
     * Decides by what the supplier gives at that moment.
     *
     * @param containers reads what registrations bring along
     * @param passThrough hosts whose TLS goes by unread where it is allowed at all
     * @param requestRules asked in this order about what the files let pass; one denial is enough
     */
    public PolicyEngine(
            Supplier<PolicySnapshot> snapshots,
            ContainerPolicies containers,
            PassThroughList passThrough,
            List<RequestRule> requestRules) {
        this(snapshots, containers, passThrough, requestRules, BodyInspection::question);
    }

    PolicyEngine(
            Supplier<PolicySnapshot> snapshots,
            ContainerPolicies containers,
            PassThroughList passThrough,
            List<RequestRule> requestRules,
            Inspection inspection) {
        this.snapshots = snapshots;
        this.containers = containers;
        this.passThrough = passThrough;
        this.requestRules = List.copyOf(requestRules);
        this.inspection = inspection;
    }

    /**
     * An engine that goes on deciding by the rules of this moment: one for each exchange, so that
     * the version in its record is that of the rules that decided.
     */
    public PolicyEngine pinned() {
        PolicySnapshot snapshot = snapshots.get();
        return new PolicyEngine(() -> snapshot, containers, passThrough, requestRules, inspection);
    }

    /** The version of the rules that decide now. */
    public String version() {
        return snapshots.get().version();
    }

    /** Whether the container may look the host up, on whatever port it would then be reached. */
    public Decision decide(Host host, Container container) {
        return decide(applicable(host, container), Asked.about(host));
    }

    /** Whether the container may make a connection to the authority. */
    public Decision decide(Authority authority, Container container) {
        return decide(applicable(authority.host(), container), Asked.about(authority));
    }

    /**
     * Whether the TLS of a container's tunnel to the authority goes by unread. Never where the
     * authority is not allowed, and never where a rule is about what is said inside, which nobody
     * could then judge.
     */
    public Optional<PassThroughPermit> passThrough(Authority authority, Container container) {
        Optional<AllowRule> entry = passThrough.covering(authority);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        Applicable all = applicable(authority.host(), container);
        boolean allowed =
                decide(all, Asked.about(authority)) instanceof Decision.Allow allow
                        && allow.observed().isEmpty();
        return allowed && !judgedInside(all, authority)
                ? Optional.of(new PassThroughPermit(authority, entry.get().reference()))
                : Optional.empty();
    }

    private boolean judgedInside(Applicable all, Authority authority) {
        for (RequestRule rule : requestRules) {
            if (rule.concerns(authority.host())) {
                return true;
            }
        }
        for (HostRules rules : all.lines()) {
            if (rules.endpoint().isPresent() || !rules.blocked().isEmpty()) {
                return true;
            }
        }
        boolean decided = false;
        for (Binding binding : all.rules()) {
            if (!binding.names(authority.port())) {
                continue;
            }
            switch (binding.rule().rule().action()) {
                case RuleAction.Allow allow -> decided |= binding.unconditional();
                case RuleAction.Deny deny -> decided |= binding.unconditional();
                case RuleAction.RateLimit limit -> {
                    return true;
                }
                case RuleAction.Inspect inspect -> {
                    return true;
                }
            }
            if (!decided) {
                return true;
            }
        }
        return false;
    }

    /** Whether the request may pass. */
    public Authorization authorize(IdentifiedRequest request) {
        InboundRequest inbound = request.inbound();
        Asked asked = Asked.about(inbound);
        Applicable all = applicable(asked.host(), request.container());
        Optional<Decision.Deny> absolute = all.absoluteDenial(asked.host());
        if (absolute.isPresent()) {
            return new Authorization.Denied(absolute.get());
        }
        Judged judged = judge(all, inbound, asked);
        return switch (all.regardingMode(judged.decision(), asked.host())) {
            case Decision.Deny denial -> new Authorization.Denied(denial);
            case Decision.Allow allow -> {
                Optional<Decision.Deny> blocked = AllowlistJudge.blockOf(inbound, all.lines());
                yield blocked.isPresent()
                        ? new Authorization.Denied(blocked.get())
                        : bound(request, all, asked, judged.idleTimeout(), allow);
            }
        };
    }

    /** What rules that neither allow nor deny say of a request that is allowed. */
    private Authorization bound(
            IdentifiedRequest request,
            Applicable all,
            Asked asked,
            Optional<Duration> idleTimeout,
            Decision.Allow allow) {
        List<RateLimitRule> limits = new ArrayList<>(0);
        List<Verdict.ReadBody> questions = new ArrayList<>(0);
        long last = -1;
        for (Binding binding : all.rules()) {
            CompiledRule rule = binding.rule();
            // A rule that names the host twice binds once.
            if (rule.rank() == last
                    || !rule.binds()
                    || Conditions.all(binding, request.inbound(), asked) == Certainty.NO) {
                continue;
            }
            last = rule.rank();
            rule.limit().ifPresent(limits::add);
            if (rule.rule().action() instanceof RuleAction.Inspect(BodyCheck check)) {
                Verdict verdict = inspection.question(rule.rule(), check, request.inbound());
                Optional<Decision.Deny> denial = heed(verdict, questions);
                if (denial.isPresent()) {
                    return new Authorization.Denied(denial.get());
                }
            }
        }
        AuthorizedRequest authorized =
                new AuthorizedRequest(request, allow, new Terms(idleTimeout, List.copyOf(limits)));
        return byMeaning(request, authorized, questions);
    }

    private Authorization byMeaning(
            IdentifiedRequest request,
            AuthorizedRequest allowed,
            List<Verdict.ReadBody> questions) {
        for (RequestRule rule : requestRules) {
            Optional<Decision.Deny> denial = heed(rule.judge(request), questions);
            if (denial.isPresent()) {
                return new Authorization.Denied(denial.get());
            }
        }
        return questions.isEmpty()
                ? new Authorization.Authorized(allowed)
                : new Authorization.NeedsBody(new PendingRequest(allowed, questions));
    }

    private static Optional<Decision.Deny> heed(Verdict verdict, List<Verdict.ReadBody> questions) {
        return switch (verdict) {
            case Verdict.Pass() -> Optional.empty();
            case Verdict.ReadBody question -> {
                questions.add(question);
                yield Optional.empty();
            }
            case Verdict.Deny(Decision.Deny denial) -> Optional.of(denial);
        };
    }

    private Applicable applicable(Host host, Container container) {
        return snapshots.get().applicable(host, container.id(), containers.of(container));
    }

    private static Decision decide(Applicable all, Asked asked) {
        Optional<Decision.Deny> absolute = all.absoluteDenial(asked.host());
        return absolute.isPresent()
                ? absolute.get()
                : all.regardingMode(byPlace(all, asked), asked.host());
    }

    /**
     * By what is known of a destination: the first rule that could let something through allows it,
     * the first one that would let nothing through denies it.
     */
    private static Decision byPlace(Applicable all, Asked asked) {
        for (Binding binding : all.rules()) {
            switch (binding.rule().rule().action()) {
                case RuleAction.Allow allow -> {
                    if (asked.port().isEmpty() || binding.names(asked.port().getAsInt())) {
                        return allow(binding, asked.host());
                    }
                }
                case RuleAction.Deny deny -> {
                    boolean here =
                            asked.port().isEmpty()
                                    ? binding.everyPort()
                                    : binding.names(asked.port().getAsInt());
                    if (here && binding.unconditional()) {
                        return RuleDenials.denied(all, asked, binding, Certainty.YES);
                    }
                }
                case RuleAction.RateLimit limit -> {}
                case RuleAction.Inspect inspect -> {}
            }
        }
        return unruled(all, asked);
    }

    private static Judged judge(Applicable all, InboundRequest request, Asked asked) {
        for (Binding binding : all.rules()) {
            switch (binding.rule().rule().action()) {
                case RuleAction.Allow(Optional<Duration> idleTimeout) -> {
                    if (Conditions.all(binding, request, asked) == Certainty.YES) {
                        return new Judged(allow(binding, asked.host()), idleTimeout);
                    }
                }
                case RuleAction.Deny deny -> {
                    Certainty certainty = Conditions.all(binding, request, asked);
                    if (certainty != Certainty.NO) {
                        return new Judged(
                                RuleDenials.denied(all, asked, binding, certainty),
                                Optional.empty());
                    }
                }
                case RuleAction.RateLimit limit -> {}
                case RuleAction.Inspect inspect -> {}
            }
        }
        return new Judged(
                unruled(all, asked),
                AllowlistJudge.endpoint(all.lines()).flatMap(EndpointRule::idleTimeout));
    }

    /** No rule allows or denies it: the allowlists do, or nothing does. */
    private static Decision unruled(Applicable all, Asked asked) {
        Decision decision = AllowlistJudge.judge(all, asked);
        if (!(decision instanceof Decision.Deny denial)) {
            return decision;
        }
        boolean unlisted =
                denial.refusal().code() == ErrorCode.HOST_NOT_ALLOWED
                        || denial.refusal().code() == ErrorCode.IP_LITERAL;
        return unlisted ? RuleDenials.nearest(all, asked).orElse(denial) : denial;
    }

    private static Decision.Allow allow(Binding binding, Host host) {
        return new Decision.Allow(
                "policy",
                binding.rule().reference(),
                binding.label(host).orElse(Decision.Allow.UNNAMED),
                binding.pattern().filter(HostPattern.Address.class::isInstance).isPresent(),
                Optional.empty());
    }
}
