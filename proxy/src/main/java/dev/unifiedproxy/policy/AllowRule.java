package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.HostPattern;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One line of an allowlist: hosts that may be reached, or that may not whatever else allows them.
 *
 * @param pattern which hosts
 * @param ports which ports; empty means {@link #DEFAULT_PORTS}, and for a denial, which names none,
 *     every port
 * @param deny whether this is the {@code !name} form
 * @param place file name and line, such as {@code allowlist.conf:12}
 * @param type the second field of the line; it has no effect on decisions
 */
public record AllowRule(
        HostPattern pattern, Set<Integer> ports, boolean deny, String place, String type) {
    /** The ports of a rule that names none. */
    public static final Set<Integer> DEFAULT_PORTS = Set.of(80, 443);

    /** Copies the ports; a denial that named some would leave the others open. */
    public AllowRule {
        ports = Set.copyOf(ports);
        if (deny && !ports.isEmpty()) {
            throw new IllegalArgumentException(
                    "A denial names ports: " + ports + " (expected: none, it holds for all)");
        }
    }

    /** Whether a connection to this port is one that the rule allows. */
    boolean allows(int port) {
        return !deny && (ports.isEmpty() ? DEFAULT_PORTS : ports).contains(port);
    }

    /** The rule as it would stand in a file, without its type; several ports with a comma. */
    public String text() {
        String host = pattern.text();
        String bare = deny ? "!" + host : host;
        if (ports.isEmpty()) {
            return bare;
        }
        String list =
                new TreeSet<>(ports).stream().map(String::valueOf).collect(Collectors.joining(","));
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : bare) + ":" + list;
    }

    /** Where it stands and what it says, as decisions name it. */
    String reference() {
        return place + " " + text();
    }
}
