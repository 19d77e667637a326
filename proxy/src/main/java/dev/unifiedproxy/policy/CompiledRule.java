package dev.unifiedproxy.policy;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A rule in its place among the others, with what deciding would otherwise work out each time.
 *
 * @param rule the rule
 * @param scope whose rule it is
 * @param rank its order among all rules of a container, lower first
 * @param contentTypes the media types that it is about, in lower case
 * @param limit what it limits, for a rule that does
 */
record CompiledRule(
        PolicyRule rule,
        ScopeName scope,
        long rank,
        List<TextGlob> contentTypes,
        Optional<RateLimitRule> limit) {

    static CompiledRule of(PolicyRule rule, ScopeName scope, int index) {
        List<TextGlob> types =
                rule.match().contentTypes().stream()
                        .map(type -> new TextGlob(type.toLowerCase(Locale.ROOT)))
                        .toList();
        Optional<RateLimitRule> limit =
                rule.action() instanceof RuleAction.RateLimit rate
                        ? Optional.of(
                                new RateLimitRule(
                                        scope.path() + " " + rule.name(),
                                        reference(rule, scope),
                                        rate.requests(),
                                        rate.period()))
                        : Optional.empty();
        return new CompiledRule(rule, scope, scope.rank(rule.priority(), index), types, limit);
    }

    /** Whether it neither allows nor denies, but binds what others allow. */
    boolean binds() {
        return switch (rule.action()) {
            case RuleAction.Allow allow -> false;
            case RuleAction.Deny deny -> false;
            case RuleAction.RateLimit rate -> true;
            case RuleAction.Inspect inspect -> true;
        };
    }

    /** Where it stands, how it is called and whose it is, as decisions name it. */
    String reference() {
        return reference(rule, scope);
    }

    private static String reference(PolicyRule rule, ScopeName scope) {
        return rule.reference() + " (" + scope.path() + ")";
    }
}
