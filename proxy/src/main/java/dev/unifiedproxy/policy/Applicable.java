package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.Hostname;

import java.util.List;
import java.util.Optional;

/**
 * All that one snapshot says of one host to one container.
 *
 * @param snapshot the snapshot
 * @param containerId the container
 * @param own what its registration says
 * @param lines what allowlists say, the innermost first
 * @param rules the rules in the order in which they are asked
 */
record Applicable(
        PolicySnapshot snapshot,
        String containerId,
        ContainerPolicy own,
        List<HostRules> lines,
        List<Binding> rules) {

    /** What nothing overrides: a policy that cannot be read, and {@code !name} lines. */
    Optional<Decision.Deny> absoluteDenial(Host host) {
        if (own.problem().isPresent()) {
            return Optional.of(RuleDenials.unreadable(containerId, own.problem().get()));
        }
        for (HostRules each : lines) {
            if (!each.denies().isEmpty()) {
                return Optional.of(Denials.blocked(host, each.denies().getFirst()));
            }
        }
        return Optional.empty();
    }

    /**
     * The decision once the container's mode is regarded. An address is never let through unnamed,
     * whoever observes.
     */
    Decision regardingMode(Decision decision, Host host) {
        return decision instanceof Decision.Deny denial
                        && host instanceof Hostname
                        && snapshot.mode(containerId, own) == Mode.OBSERVE
                ? Decision.Allow.observed(denial, label(host))
                : decision;
    }

    /** The scope of the file in which a person would override a rule of that scope. */
    CompiledScope fileScope(ScopeName scope) {
        return snapshot.fileScope(scope, containerId, own);
    }

    private String label(Host host) {
        if (!lines.isEmpty()) {
            return lines.getFirst().pattern().text();
        }
        return rules.stream()
                .flatMap(binding -> binding.label(host).stream())
                .findFirst()
                .orElse(Decision.Allow.UNNAMED);
    }
}
