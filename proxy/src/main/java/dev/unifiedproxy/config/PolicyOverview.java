package dev.unifiedproxy.config;

import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.policy.AllowRule;
import dev.unifiedproxy.policy.Allowlist;
import dev.unifiedproxy.policy.BlockedPaths;
import dev.unifiedproxy.policy.EndpointRule;
import dev.unifiedproxy.policy.HostTarget;
import dev.unifiedproxy.policy.Mode;
import dev.unifiedproxy.policy.PathGlob;
import dev.unifiedproxy.policy.PolicyDocument;
import dev.unifiedproxy.policy.PolicyRule;
import dev.unifiedproxy.policy.RuleAction;
import dev.unifiedproxy.policy.RuleMatch;
import dev.unifiedproxy.policy.ScopeRules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The policy of one container, in the order in which it is asked. */
public final class PolicyOverview {
    private final List<Row> rows = new ArrayList<>();
    private final List<Mode> modes = new ArrayList<>();

    private PolicyOverview() {}

    /**
     * One rule, or one line of an allowlist.
     *
     * @param scope {@code always}, {@code container}, {@code registration}, {@code group}, {@code
     *     everybody} or {@code allowlist}
     * @param priority of a rule; empty for a line
     * @param action what it does
     * @param name of the rule; empty for a line
     * @param about hosts, and what else has to hold
     * @param place file and line
     */
    public record Row(
            String scope,
            String priority,
            String action,
            String name,
            String about,
            String place) {}

    /**
     * All of it.
     *
     * @param mode {@code enforce} or {@code observe}
     * @param rows in the order in which they are asked; what none of them allows is refused
     */
    public record Overview(String mode, List<Row> rows) {
        /** Copies the rows. */
        public Overview {
            rows = List.copyOf(rows);
        }
    }

    /**
     * The policy that a proxy with these settings has for a container.
     *
     * @throws ConfigurationException when the files, or what the metadata says of policy, are wrong
     */
    public static Overview of(Settings settings, String id, Map<String, Object> metadata) {
        PolicyLoader.Parsed parsed = PolicyLoader.parse(settings);
        return of(parsed.allowlist(), parsed.document(), id, metadata);
    }

    static Overview of(
            Allowlist allowlist, PolicyDocument document, String id, Map<String, Object> metadata) {
        PolicyOverview overview = new PolicyOverview();
        overview.refusals(allowlist);
        List<Tagged> own = new ArrayList<>();
        Optional.ofNullable(document.containers().get(id))
                .ifPresent(rules -> overview.collect("container", rules, own));
        Optional.ofNullable(metadata.get("policy"))
                .map(policy -> RegistrationPolicy.read(id, policy))
                .ifPresent(rules -> overview.collect("registration", rules, own));
        overview.add(own);
        List<Tagged> ofGroup = new ArrayList<>();
        Optional.ofNullable(metadata.get("group"))
                .map(group -> document.groups().get(String.valueOf(group)))
                .ifPresent(rules -> overview.collect("group", rules, ofGroup));
        overview.add(ofGroup);
        List<Tagged> everybody = new ArrayList<>();
        overview.collect("everybody", document.global(), everybody);
        overview.add(everybody);
        overview.lines(allowlist);
        Mode mode = overview.modes.isEmpty() ? Mode.ENFORCE : overview.modes.getFirst();
        return new Overview(mode.name().toLowerCase(Locale.ROOT), overview.rows);
    }

    private record Tagged(String scope, PolicyRule rule) {}

    private void collect(String scope, ScopeRules rules, List<Tagged> into) {
        rules.mode().ifPresent(modes::add);
        rules.rules().forEach(rule -> into.add(new Tagged(scope, rule)));
    }

    /** From the highest priority to the lowest; the sort keeps the order of equals. */
    private void add(List<Tagged> tier) {
        tier.stream()
                .sorted(Comparator.comparingInt((Tagged each) -> -each.rule.priority()))
                .forEach(
                        each ->
                                rows.add(
                                        new Row(
                                                each.scope,
                                                String.valueOf(each.rule.priority()),
                                                action(each.rule.action()),
                                                each.rule.name(),
                                                about(each.rule),
                                                each.rule.place())));
    }

    private void refusals(Allowlist allowlist) {
        for (AllowRule rule : allowlist.rules()) {
            if (rule.deny()) {
                rows.add(line("always", "deny", rule.pattern().text(), rule.place()));
            }
        }
        for (BlockedPaths blocked : allowlist.blocked()) {
            rows.add(
                    line(
                            "always",
                            "deny",
                            blocked.host().text() + " " + globs(blocked.paths()),
                            blocked.place()));
        }
    }

    private void lines(Allowlist allowlist) {
        Map<HostPattern, EndpointRule> endpoints = new LinkedHashMap<>();
        allowlist.endpoints().forEach(each -> endpoints.putIfAbsent(each.host(), each));
        for (AllowRule rule : allowlist.rules()) {
            if (!rule.deny()) {
                rows.add(line("allowlist", "allow", rule.text(), rule.place()));
            }
        }
        for (EndpointRule endpoint : endpoints.values()) {
            rows.add(
                    line(
                            "allowlist",
                            "only",
                            endpoint.host().text()
                                    + " "
                                    + words(endpoint.methods())
                                    + " "
                                    + globs(endpoint.paths()),
                            endpoint.place()));
        }
    }

    private static Row line(String scope, String action, String about, String place) {
        return new Row(scope, "", action, "", about, place);
    }

    private static String action(RuleAction action) {
        return switch (action) {
            case RuleAction.Allow allow -> "allow";
            case RuleAction.Deny deny -> "deny";
            case RuleAction.RateLimit rate ->
                    "rate_limit " + rate.requests() + " in " + rate.period().toSeconds() + " s";
            case RuleAction.Inspect inspect ->
                    "inspect body of at most " + inspect.check().maxBytes() + " bytes";
        };
    }

    private static String about(PolicyRule rule) {
        List<String> parts = new ArrayList<>();
        parts.add(
                rule.hosts().isEmpty()
                        ? "every host"
                        : String.join(
                                " ", rule.hosts().stream().map(PolicyOverview::target).toList()));
        RuleMatch match = rule.match();
        if (!match.methods().isEmpty()) {
            parts.add(words(match.methods()));
        }
        if (!match.paths().isEmpty()) {
            parts.add(globs(match.paths()));
        }
        match.query().forEach(field -> parts.add("?" + field.name() + "=" + field.value().text()));
        match.headers().forEach(field -> parts.add(field.name() + ": " + field.value().text()));
        parts.addAll(match.contentTypes());
        return String.join(" ", parts);
    }

    private static String target(HostTarget target) {
        String host = target.pattern().text();
        if (target.ports().isEmpty()) {
            return host;
        }
        String ports =
                new TreeSet<>(target.ports())
                        .stream().map(String::valueOf).collect(Collectors.joining(","));
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + ports;
    }

    private static String words(Set<Method> methods) {
        return new TreeSet<>(methods).stream().map(Method::name).collect(Collectors.joining(","));
    }

    private static String globs(List<PathGlob> globs) {
        return globs.stream().map(PathGlob::text).collect(Collectors.joining(","));
    }
}
