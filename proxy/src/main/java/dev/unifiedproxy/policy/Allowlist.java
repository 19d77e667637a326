package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.HostPattern;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What allowlist files say, in their order.
 *
 * @param rules which hosts may be reached, and which may not
 * @param endpoints hosts of which only some methods and paths may be asked
 * @param blocked paths that may not be asked for
 */
public record Allowlist(
        List<AllowRule> rules, List<EndpointRule> endpoints, List<BlockedPaths> blocked) {
    /** Says nothing, and so allows nothing. */
    public static final Allowlist EMPTY = new Allowlist(List.of(), List.of(), List.of());

    /** Copies the lists. */
    public Allowlist {
        rules = List.copyOf(rules);
        endpoints = List.copyOf(endpoints);
        blocked = List.copyOf(blocked);
    }

    /** What makes two rules one. */
    private record RuleKey(HostPattern pattern, Set<Integer> ports, boolean deny) {}

    /**
     * This allowlist and what another one adds.
     *
     * <p>Rules: these, then the other's that are not here yet. Endpoints of one host: the union of
     * methods and of paths. Blocked paths: these, then all of the other's. Nothing here is taken
     * away.
     */
    public Allowlist plus(Allowlist other) {
        Set<RuleKey> known = new LinkedHashSet<>();
        List<AllowRule> allRules = new ArrayList<>(rules);
        for (AllowRule rule : rules) {
            known.add(new RuleKey(rule.pattern(), rule.ports(), rule.deny()));
        }
        for (AllowRule rule : other.rules) {
            if (known.add(new RuleKey(rule.pattern(), rule.ports(), rule.deny()))) {
                allRules.add(rule);
            }
        }
        Map<HostPattern, EndpointRule> allEndpoints = new LinkedHashMap<>();
        for (EndpointRule endpoint : endpoints) {
            allEndpoints.putIfAbsent(endpoint.host(), endpoint);
        }
        for (EndpointRule endpoint : other.endpoints) {
            allEndpoints.merge(endpoint.host(), endpoint, EndpointRule::plus);
        }
        List<BlockedPaths> allBlocked = new ArrayList<>(blocked);
        allBlocked.addAll(other.blocked);
        return new Allowlist(allRules, List.copyOf(allEndpoints.values()), allBlocked);
    }
}
