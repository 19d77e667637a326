package dev.unifiedproxy.policy;

import java.util.Map;

/**
 * What {@code policy.yaml} says.
 *
 * @param global rules for everybody
 * @param groups rules for the containers of a sandbox group, by its name
 * @param containers rules for one container, by its id
 */
public record PolicyDocument(
        ScopeRules global, Map<String, ScopeRules> groups, Map<String, ScopeRules> containers) {
    /** Says nothing. */
    public static final PolicyDocument EMPTY =
            new PolicyDocument(ScopeRules.EMPTY, Map.of(), Map.of());

    /** Copies the maps. */
    public PolicyDocument {
        groups = Map.copyOf(groups);
        containers = Map.copyOf(containers);
    }
}
