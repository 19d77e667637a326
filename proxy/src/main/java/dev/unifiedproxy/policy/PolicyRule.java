package dev.unifiedproxy.policy;

import java.util.List;

/**
 * One rule of {@code policy.yaml}, or of a registration's own policy.
 *
 * @param name how refusals, records and explanations name it; unique in its scope
 * @param action what it does
 * @param priority 0 to 100; higher ones are asked first, equal ones in the order of the file
 * @param hosts which hosts; empty for every host, which an {@link RuleAction.Allow} may not be
 * @param match what else has to hold
 * @param place file name and line, such as {@code policy.yaml:12}
 */
public record PolicyRule(
        String name,
        RuleAction action,
        int priority,
        List<HostTarget> hosts,
        RuleMatch match,
        String place) {
    /** The priority of a rule that names none. */
    public static final int DEFAULT_PRIORITY = 50;

    /** Copies the hosts and checks the bounds. */
    public PolicyRule {
        hosts = List.copyOf(hosts);
        if (priority < 0 || priority > 100) {
            throw new IllegalArgumentException("priority: " + priority + " (expected: 0 to 100)");
        }
        if (hosts.isEmpty() && action instanceof RuleAction.Allow) {
            throw new IllegalArgumentException(
                    "hosts: none (expected: at least one, an allow rule is not for every host)");
        }
    }

    /** Where it stands and how it is called, as decisions name it. */
    String reference() {
        return place + " " + name;
    }
}
