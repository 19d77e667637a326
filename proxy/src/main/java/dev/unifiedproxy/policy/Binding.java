package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;

import java.util.Optional;
import java.util.Set;

/**
 * A rule together with the hosts by which it was found.
 *
 * @param rule the rule
 * @param pattern which hosts; empty for every host
 * @param ports which ports; empty for those that {@link HostTarget} says
 */
record Binding(CompiledRule rule, Optional<HostPattern> pattern, Set<Integer> ports) {

    /** Whether the rule is about this port. */
    boolean names(int port) {
        if (!ports.isEmpty()) {
            return ports.contains(port);
        }
        return !allows() || AllowRule.DEFAULT_PORTS.contains(port);
    }

    /** Whether it is about every port. */
    boolean everyPort() {
        return ports.isEmpty() && !allows();
    }

    /** Whether host and port are all that it asks for. */
    boolean unconditional() {
        return rule.rule().match().any();
    }

    private boolean allows() {
        return rule.rule().action() instanceof RuleAction.Allow;
    }

    /** The host as metrics may name it: itself where it is named, and the pattern otherwise. */
    Optional<String> label(Host host) {
        return pattern.map(
                found -> found instanceof HostPattern.Subtree ? found.text() : host.text());
    }
}
