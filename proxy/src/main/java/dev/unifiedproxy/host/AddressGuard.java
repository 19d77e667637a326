package dev.unifiedproxy.host;

import java.util.List;
import java.util.Optional;

/**
 * Which addresses may be dialled when a name resolves to them: public unicast only.
 *
 * <p>Ranges of the IANA special-purpose registries, and the metadata services of the clouds that do
 * not stand in one of them. IPv6 that carries an IPv4 address (NAT64, 6to4, Teredo, ISATAP,
 * IPv4-compatible) is refused whole: what it reaches is decided elsewhere. IPv6 outside 2000::/3,
 * the only block that <a href="https://www.iana.org/assignments/ipv6-address-space/">IANA</a> has
 * assigned for global unicast, is refused whether or not a registry names it.
 */
public final class AddressGuard {
    private record Block(Cidr cidr, String what) {}

    private static final List<Block> FORBIDDEN =
            List.of(
                    block("0.0.0.0/8", "this network"),
                    block("10.0.0.0/8", "private network"),
                    block("100.64.0.0/10", "shared address space (CGNAT)"),
                    block("127.0.0.0/8", "loopback"),
                    block("169.254.0.0/16", "link-local and cloud metadata"),
                    block("172.16.0.0/12", "private network"),
                    block("192.0.0.0/24", "IETF protocol assignments"),
                    block("192.0.2.0/24", "documentation"),
                    block("192.88.99.0/24", "6to4 relay"),
                    block("192.168.0.0/16", "private network"),
                    block("198.18.0.0/15", "benchmarking"),
                    block("198.51.100.0/24", "documentation"),
                    block("203.0.113.0/24", "documentation"),
                    block("224.0.0.0/4", "multicast"),
                    block("240.0.0.0/4", "reserved and broadcast"),
                    block("168.63.129.16/32", "Azure host services"),
                    block("::/96", "unspecified, loopback and IPv4-compatible"),
                    block("::ffff:0:0:0/96", "IPv4-translated"),
                    block("64:ff9b::/96", "NAT64"),
                    block("64:ff9b:1::/48", "local NAT64"),
                    block("100::/64", "discard"),
                    block("2001::/23", "IETF protocol assignments and Teredo"),
                    block("2001:db8::/32", "documentation"),
                    block("2002::/16", "6to4"),
                    block("3fff::/20", "documentation"),
                    block("5f00::/16", "segment routing"),
                    block("fc00::/7", "unique local"),
                    block("fe80::/10", "link-local"),
                    block("fec0::/10", "site-local"),
                    block("ff00::/8", "multicast"));

    private static final Cidr GLOBAL_UNICAST_V6 = Cidr.parse("2000::/3");

    private final List<IpAddress> own;

    /**
     * A guard that also refuses the proxy's own addresses.
     *
     * @param own addresses of this host's interfaces
     */
    public AddressGuard(List<IpAddress> own) {
        this.own = List.copyOf(own);
    }

    /** Why the address may not be dialled, or empty when it may. */
    public Optional<String> objection(IpAddress address) {
        for (Block block : FORBIDDEN) {
            if (block.cidr.contains(address)) {
                return Optional.of(block.what);
            }
        }
        if (!address.isV4() && !GLOBAL_UNICAST_V6.contains(address)) {
            return Optional.of("not assigned for global unicast");
        }
        if (isIsatap(address)) {
            return Optional.of("ISATAP");
        }
        return own.contains(address)
                ? Optional.of("an address of the proxy itself")
                : Optional.empty();
    }

    /**
     * An interface identifier of 0:5efe or 200:5efe and an IPv4 address (<a
     * href="https://datatracker.ietf.org/doc/html/rfc5214#section-6.1">RFC 5214 section 6.1</a>).
     */
    private static boolean isIsatap(IpAddress address) {
        return !address.isV4()
                && (address.byteAt(8) & 0xfd) == 0
                && address.byteAt(9) == 0
                && address.byteAt(10) == 0x5e
                && address.byteAt(11) == 0xfe;
    }

    private static Block block(String cidr, String what) {
        return new Block(Cidr.parse(cidr), what);
    }
}
