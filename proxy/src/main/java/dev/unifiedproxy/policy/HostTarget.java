package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.HostPattern;

import java.util.Set;

/**
 * Hosts and ports that a rule is about.
 *
 * @param pattern which hosts
 * @param ports which ports; empty means {@link AllowRule#DEFAULT_PORTS} for a rule that allows and
 *     every port for any other
 */
public record HostTarget(HostPattern pattern, Set<Integer> ports) {
    /** Copies the ports. */
    public HostTarget {
        ports = Set.copyOf(ports);
    }
}
