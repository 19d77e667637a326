package dev.unifiedproxy.policy;

import java.util.List;
import java.util.Optional;

/**
 * The rules of one scope, in the order of the file.
 *
 * @param mode whether what they refuse is refused; empty leaves it to the next wider scope, and the
 *     widest enforces
 * @param rules the rules
 */
public record ScopeRules(Optional<Mode> mode, List<PolicyRule> rules) {
    /** Says nothing. */
    public static final ScopeRules EMPTY = new ScopeRules(Optional.empty(), List.of());

    /** Copies the rules. */
    public ScopeRules {
        rules = List.copyOf(rules);
    }
}
