package dev.unifiedproxy.host;

/** A block of addresses, such as 10.0.0.0/8 or fc00::/7. */
public final class Cidr {
    private final IpAddress network;
    private final int prefix;

    private Cidr(IpAddress network, int prefix) {
        this.network = network;
        this.prefix = prefix;
    }

    /**
     * Parses {@code address/prefix}; a bare address is a block of one.
     *
     * @throws HostSyntaxException when the address or the prefix is not valid, bits are set behind
     *     the prefix, or an IPv4 network is spelt as IPv6, whose prefix would count other bits
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        IpAddress network = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        if (slash >= 0 && network.isV4() && text.indexOf(':') >= 0) {
            throw new HostSyntaxException(
                    "Network '"
                            + Hostname.printable(text)
                            + "' is IPv4 in IPv6 spelling (expected: the dotted form, such as"
                            + " 10.0.0.0/8)");
        }
        int bits = network.length() * 8;
        int prefix = slash < 0 ? bits : parsePrefix(text, slash + 1, bits);
        Cidr cidr = new Cidr(network, prefix);
        for (int bit = prefix; bit < bits; bit++) {
            if ((network.byteAt(bit / 8) >> (7 - bit % 8) & 1) != 0) {
                throw new HostSyntaxException(
                        "Network '"
                                + Hostname.printable(text)
                                + "' has bits set behind its prefix (expected: zeros)");
            }
        }
        return cidr;
    }

    private static int parsePrefix(String text, int from, int bits) {
        String digits = text.substring(from);
        if (digits.matches("0|[1-9][0-9]{0,2}")) {
            int prefix = Integer.parseInt(digits);
            if (prefix <= bits) {
                return prefix;
            }
        }
        throw new HostSyntaxException(
                "Network '"
                        + Hostname.printable(text)
                        + "' has no valid prefix (expected: 0 to "
                        + bits
                        + ")");
    }

    /** Whether the address is in this block; addresses of the other family never are. */
    public boolean contains(IpAddress address) {
        if (address.length() != network.length()) {
            return false;
        }
        int whole = prefix / 8;
        for (int i = 0; i < whole; i++) {
            if (address.byteAt(i) != network.byteAt(i)) {
                return false;
            }
        }
        int rest = prefix % 8;
        if (rest == 0) {
            return true;
        }
        int mask = 0xff << (8 - rest) & 0xff;
        return (address.byteAt(whole) & mask) == (network.byteAt(whole) & mask);
    }

    @Override
    public String toString() {
        return network.text() + "/" + prefix;
    }
}
