package dev.unifiedproxy.policy;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.NormalPath;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The words of every denial by rules of {@code policy.yaml} and of registrations. */
final class RuleDenials {
    private static final String ONE_READING =
            "send the request so that it can be read in one way only: the method itself and no"
                    + " override, each parameter and field once, no ';' or '+' and no double"
                    + " encoding";

    private RuleDenials() {}

    /** A registration's policy cannot be read. */
    static Decision.Deny unreadable(String containerId, String problem) {
        return new Decision.Deny(
                "policy",
                new Refusal(
                        ErrorCode.RULE_DENIED,
                        "The policy of the container cannot be read, so that nothing is allowed: "
                                + problem,
                        ScopeName.registration(containerId).path(),
                        "register the container again with a policy that can be read"));
    }

    /**
     * A rule denies it.
     *
     * @param certainty whether it does however the request is read
     */
    static Decision.Deny denied(Applicable all, Asked asked, Binding binding, Certainty certainty) {
        CompiledRule rule = binding.rule();
        String said = rule.rule().action() instanceof RuleAction.Deny(String reason) ? reason : "";
        String detail =
                said.isEmpty()
                        ? "Rule '"
                                + rule.rule().name()
                                + "' denies "
                                + (asked.request().isPresent() ? "this request to " : "")
                                + asked.host().text()
                        : said;
        boolean doubt = certainty == Certainty.MAYBE;
        return new Decision.Deny(
                "blocklist",
                new Refusal(
                        ErrorCode.RULE_DENIED,
                        doubt ? detail + " (it can be read in more than one way)" : detail,
                        rule.reference(),
                        doubt
                                ? ONE_READING
                                : Remedy.override(all.fileScope(rule.scope()), rule, asked)
                                        .text()));
    }

    /** What kept the nearest rule from allowing it; empty where no rule allows the host at all. */
    static Optional<Decision.Deny> nearest(Applicable all, Asked asked) {
        Optional<Binding> nearest = Optional.empty();
        Conditions.Kind furthest = Conditions.Kind.PORT;
        for (Binding binding : all.rules()) {
            if (!(binding.rule().rule().action() instanceof RuleAction.Allow)) {
                continue;
            }
            Conditions.Kind came = firstMiss(binding, asked);
            if (nearest.isEmpty() || came.compareTo(furthest) > 0) {
                furthest = came;
                nearest = Optional.of(binding);
            }
        }
        return nearest.map(binding -> missed(all, asked, binding));
    }

    /** The kind of the first condition that does not surely hold. */
    private static Conditions.Kind firstMiss(Binding binding, Asked asked) {
        if (asked.request().isPresent()) {
            InboundRequest request = asked.request().get();
            for (Conditions.Kind kind : Conditions.Kind.values()) {
                if (Conditions.one(kind, binding, request, asked) != Certainty.YES) {
                    return kind;
                }
            }
        }
        return Conditions.Kind.PORT;
    }

    private static Decision.Deny missed(Applicable all, Asked asked, Binding binding) {
        String rule = binding.rule().reference();
        Host host = asked.host();
        String remedy =
                Remedy.add(all.snapshot().global(), PolicyRule.DEFAULT_PRIORITY, asked).text();
        Conditions.Kind kind = firstMiss(binding, asked);
        return switch (kind) {
            case PORT ->
                    Denials.deny(
                            "allowlist",
                            ErrorCode.PORT_NOT_ALLOWED,
                            "Port "
                                    + asked.port().orElse(0)
                                    + " not allowed for "
                                    + host.text()
                                    + " (expected: "
                                    + ports(all.rules())
                                    + ")",
                            rule,
                            remedy);
            case METHOD -> method(asked, binding, remedy);
            case PATH -> path(asked, rule, remedy);
            case QUERY, HEADER, CONTENT_TYPE ->
                    Denials.endpoint(
                            ErrorCode.RULE_DENIED,
                            "The "
                                    + part(kind)
                                    + " of this request to "
                                    + host.text()
                                    + " is not what a rule allows",
                            rule,
                            remedy);
        };
    }

    private static Decision.Deny method(Asked asked, Binding binding, String remedy) {
        InboundRequest request = asked.request().orElseThrow();
        List<MethodOverride.Wish> wishes = MethodOverride.wishes(request, asked);
        boolean override =
                !wishes.isEmpty()
                        && Conditions.covers(
                                binding.rule().rule().match().methods(), request.method());
        return Denials.endpoint(
                ErrorCode.METHOD_NOT_ALLOWED,
                override
                        ? "'"
                                + wishes.getFirst().source()
                                + "' asks for a method that is not allowed for "
                                + asked.host().text()
                        : "Method '"
                                + request.method()
                                + "' not allowed for "
                                + asked.host().text(),
                binding.rule().reference(),
                override ? ONE_READING : remedy);
    }

    private static Decision.Deny path(Asked asked, String rule, String remedy) {
        NormalPath path = asked.request().orElseThrow().target().path();
        if (path.ambiguous()) {
            return Denials.ambiguous(asked.host(), path, rule);
        }
        return Denials.endpoint(
                ErrorCode.PATH_NOT_ALLOWED,
                "Path '"
                        + Denials.shown(path)
                        + "' not in allowed paths for "
                        + asked.host().text(),
                rule,
                remedy);
    }

    private static String part(Conditions.Kind kind) {
        return switch (kind) {
            case PORT -> "port";
            case METHOD -> "method";
            case PATH -> "path";
            case QUERY -> "query";
            case HEADER -> "head";
            case CONTENT_TYPE -> "content type";
        };
    }

    private static String ports(List<Binding> rules) {
        TreeSet<Integer> allowed = new TreeSet<>();
        for (Binding binding : rules) {
            if (binding.rule().rule().action() instanceof RuleAction.Allow) {
                allowed.addAll(
                        binding.ports().isEmpty() ? AllowRule.DEFAULT_PORTS : binding.ports());
            }
        }
        return allowed.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
