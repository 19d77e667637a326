package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.HostPattern;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Hosts whose clients accept no certificate but the server's own, so that their TLS is passed on
 * and not ended here. It allows nothing: the allowlist must name the host as well.
 *
 * @param entries names and subtrees; without a port, for {@code 443}
 */
public record PassThroughList(List<AllowRule> entries) {
    /** Every tunnel's TLS is ended. */
    public static final PassThroughList EMPTY = new PassThroughList(List.of());

    private static final Set<Integer> DEFAULT_PORTS = Set.of(443);

    /**
     * Copies the entries.
     *
     * @throws IllegalArgumentException for a denial, and for an address: the server name of a
     *     ClientHello, which is all that can be checked, never holds one (RFC 6066 section 3)
     */
    public PassThroughList {
        entries = List.copyOf(entries);
        for (AllowRule entry : entries) {
            if (entry.deny() || entry.pattern() instanceof HostPattern.Address) {
                throw new IllegalArgumentException(
                        "'" + entry.text() + "' (expected: name or *.name, with or without :port)");
            }
        }
    }

    /** The first entry for the host and the port; what none is for is not passed through. */
    Optional<AllowRule> covering(Authority authority) {
        return entries.stream()
                .filter(entry -> entry.pattern().matches(authority.host()))
                .filter(entry -> portsOf(entry).contains(authority.port()))
                .findFirst();
    }

    private static Set<Integer> portsOf(AllowRule entry) {
        return entry.ports().isEmpty() ? DEFAULT_PORTS : entry.ports();
    }
}
