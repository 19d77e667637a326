package dev.unifiedproxy.config;

import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.policy.AllowRule;
import dev.unifiedproxy.policy.Allowlist;
import dev.unifiedproxy.policy.EndpointRule;
import dev.unifiedproxy.policy.HostTarget;
import dev.unifiedproxy.policy.PolicyDocument;
import dev.unifiedproxy.policy.PolicyRule;
import dev.unifiedproxy.policy.RuleAction;
import dev.unifiedproxy.policy.RuleMatch;
import dev.unifiedproxy.policy.ScopeRules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Finds what a valid policy says and hardly means. Changes nothing and decides nothing. */
public final class PolicyLint {
    /** Hosts that take uploads, where an allow rule without methods or paths lets data out. */
    private static final Set<String> UPLOADS =
            Set.of(
                    "github.com",
                    "gist.github.com",
                    "uploads.github.com",
                    "registry.npmjs.org",
                    "upload.pypi.org",
                    "rubygems.org",
                    "crates.io",
                    "storage.googleapis.com",
                    "s3.amazonaws.com",
                    "transfer.sh",
                    "pastebin.com");

    private final List<Finding> findings = new ArrayList<>();

    private PolicyLint() {}

    /**
     * Something to look at.
     *
     * @param place file and line of the rule
     * @param text what it is, one sentence
     */
    public record Finding(String place, String text) {
        @Override
        public String toString() {
            return place + ": " + text;
        }
    }

    /** All findings about the files of these settings, allowlists first. */
    public static List<Finding> of(Settings settings) {
        PolicyLoader.Parsed parsed = PolicyLoader.parse(settings);
        return of(parsed.allowlist(), parsed.document());
    }

    /** All findings about a policy. */
    static List<Finding> of(Allowlist allowlist, PolicyDocument document) {
        PolicyLint lint = new PolicyLint();
        lint.allowlist(allowlist);
        lint.scope("rules", document.global());
        new TreeMap<>(document.groups())
                .forEach((name, rules) -> lint.scope("groups." + name + ".rules", rules));
        new TreeMap<>(document.containers())
                .forEach((id, rules) -> lint.scope("containers." + id + ".rules", rules));
        return List.copyOf(lint.findings);
    }

    private void note(String place, String text) {
        findings.add(new Finding(place, text));
    }

    // ---- allowlists ----

    private void allowlist(Allowlist allowlist) {
        Set<HostPattern> restricted = new HashSet<>();
        allowlist.endpoints().forEach(endpoint -> restricted.add(endpoint.host()));
        List<HostPattern> denied =
                allowlist.rules().stream().filter(AllowRule::deny).map(AllowRule::pattern).toList();
        Set<String> subtrees = new HashSet<>();
        for (AllowRule rule : allowlist.rules()) {
            if (!rule.deny() && rule.ports().isEmpty() && isSubtree(rule.pattern())) {
                subtrees.add(base(rule.pattern()));
            }
        }
        for (AllowRule rule : allowlist.rules()) {
            if (rule.deny()) {
                continue;
            }
            wide(rule.place(), rule.pattern());
            denied.stream()
                    .filter(denial -> covers(denial, rule.pattern()))
                    .findFirst()
                    .ifPresent(
                            denial ->
                                    note(
                                            rule.place(),
                                            rule.text()
                                                    + " allows nothing: !"
                                                    + denial.text()
                                                    + " refuses it"));
            coveredBy(rule, subtrees);
            if (uploads(rule.pattern()) && !restricted.contains(rule.pattern())) {
                note(
                        rule.place(),
                        rule.text()
                                + " takes uploads and has no http_endpoints, which could leave it"
                                + " to reading");
            }
        }
        endpoints(allowlist);
    }

    private void coveredBy(AllowRule rule, Set<String> subtrees) {
        String name = base(rule.pattern());
        if (!rule.ports().isEmpty() || rule.pattern() instanceof HostPattern.Address) {
            return;
        }
        String suffix = isSubtree(rule.pattern()) ? parent(name) : name;
        while (!suffix.isEmpty()) {
            if (subtrees.contains(suffix)) {
                note(rule.place(), rule.text() + " says no more than *." + suffix + " does");
                return;
            }
            suffix = parent(suffix);
        }
    }

    private void endpoints(Allowlist allowlist) {
        for (EndpointRule endpoint : allowlist.endpoints()) {
            boolean allowed =
                    allowlist.rules().stream()
                            .anyMatch(
                                    rule ->
                                            !rule.deny()
                                                    && (covers(rule.pattern(), endpoint.host())
                                                            || covers(
                                                                    endpoint.host(),
                                                                    rule.pattern())));
            if (!allowed) {
                note(
                        endpoint.place(),
                        "the endpoint "
                                + endpoint.host().text()
                                + " never counts: no line allows the host");
            }
        }
    }

    // ---- policy.yaml ----

    private void scope(String path, ScopeRules scope) {
        List<PolicyRule> ordered = new ArrayList<>(scope.rules());
        ordered.sort(Comparator.comparingInt(PolicyRule::priority).reversed());
        for (int i = 0; i < ordered.size(); i++) {
            PolicyRule rule = ordered.get(i);
            for (HostTarget target : rule.hosts()) {
                if (rule.action() instanceof RuleAction.Allow) {
                    wide(rule.place(), target.pattern());
                    if (uploads(target.pattern()) && openEnded(rule.match())) {
                        note(
                                rule.place(),
                                rule.name()
                                        + " allows every method and path of "
                                        + target.pattern().text()
                                        + ", which takes uploads");
                    }
                }
            }
            shadowed(path, ordered.subList(0, i), rule);
        }
        priorities(path, scope.rules());
    }

    /** Only the deciding kinds hide one another. */
    private void shadowed(String path, List<PolicyRule> before, PolicyRule rule) {
        if (!decides(rule)) {
            return;
        }
        for (PolicyRule earlier : before) {
            if (decides(earlier) && earlier.match().equals(RuleMatch.ANY) && hides(earlier, rule)) {
                note(
                        rule.place(),
                        rule.name()
                                + " ("
                                + path
                                + ") never decides: "
                                + earlier.name()
                                + " ("
                                + earlier.place()
                                + ") comes first and matches all that it matches");
                return;
            }
        }
    }

    private static boolean hides(PolicyRule earlier, PolicyRule rule) {
        if (earlier.hosts().isEmpty()) {
            return true;
        }
        return !rule.hosts().isEmpty()
                && rule.hosts().stream()
                        .allMatch(
                                target ->
                                        earlier.hosts().stream()
                                                .anyMatch(
                                                        wider ->
                                                                hides(
                                                                        earlier, wider, rule,
                                                                        target)));
    }

    private static boolean hides(
            PolicyRule earlier, HostTarget wider, PolicyRule rule, HostTarget target) {
        Set<Integer> all = ports(earlier, wider);
        Set<Integer> some = ports(rule, target);
        boolean portsToo = all.isEmpty() || (!some.isEmpty() && all.containsAll(some));
        return portsToo && covers(wider.pattern(), target.pattern());
    }

    /** Empty for every port. */
    private static Set<Integer> ports(PolicyRule rule, HostTarget target) {
        return target.ports().isEmpty() && rule.action() instanceof RuleAction.Allow
                ? AllowRule.DEFAULT_PORTS
                : target.ports();
    }

    private static boolean decides(PolicyRule rule) {
        return switch (rule.action()) {
            case RuleAction.Allow allow -> true;
            case RuleAction.Deny deny -> true;
            case RuleAction.RateLimit rate -> false;
            case RuleAction.Inspect inspect -> false;
        };
    }

    /** A priority does something when it changes the order of the file. */
    private void priorities(String path, List<PolicyRule> rules) {
        List<PolicyRule> ordered = new ArrayList<>(rules);
        ordered.sort(Comparator.comparingInt(PolicyRule::priority).reversed());
        boolean used = rules.stream().anyMatch(r -> r.priority() != PolicyRule.DEFAULT_PRIORITY);
        if (used && ordered.equals(rules)) {
            note(
                    rules.getFirst().place(),
                    "the priorities of " + path + " do nothing: the order is that of the file");
        }
    }

    // ---- hosts ----

    private void wide(String place, HostPattern pattern) {
        if (pattern instanceof HostPattern.Subtree(var base) && PublicSuffixes.covers(base)) {
            note(
                    place,
                    pattern.text()
                            + " covers names of everybody: anyone can have one below "
                            + base.text());
        }
    }

    private static boolean openEnded(RuleMatch match) {
        return match.methods().isEmpty() && match.paths().isEmpty();
    }

    private static boolean uploads(HostPattern pattern) {
        return UPLOADS.contains(base(pattern));
    }

    private static boolean isSubtree(HostPattern pattern) {
        return pattern instanceof HostPattern.Subtree;
    }

    private static String base(HostPattern pattern) {
        return switch (pattern) {
            case HostPattern.Exact(var name) -> name.text();
            case HostPattern.Subtree(var base) -> base.text();
            case HostPattern.Address(var address) -> address.text();
        };
    }

    private static String parent(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1);
    }

    private static boolean covers(HostPattern wider, HostPattern pattern) {
        return wider.equals(pattern)
                || (isSubtree(wider)
                        && !(pattern instanceof HostPattern.Address)
                        && (base(pattern).equals(base(wider))
                                || base(pattern).endsWith("." + base(wider))));
    }
}
