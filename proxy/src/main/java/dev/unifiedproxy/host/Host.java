package dev.unifiedproxy.host;

/** A destination host in canonical form: a name or an address, never a mere string. */
public sealed interface Host permits Hostname, IpAddress {
    /** The canonical text: an A-label name, dotted IPv4, or RFC 5952 IPv6 without brackets. */
    String text();

    /**
     * Parses a host as it stands in an authority.
     *
     * <p>Anything that some resolver or library would take for an IPv4 address ({@code 0x7f.1},
     * {@code 2130706433}, {@code 0177.0.0.1}) becomes that {@link IpAddress}; so it can be refused
     * or allowed as the address that it is.
     *
     * @param text a name, an IPv4 address in any spelling, or an IPv6 address in brackets
     * @throws HostSyntaxException when it is none of these
     */
    static Host parse(String text) {
        if (text.startsWith("[")) {
            if (!text.endsWith("]")) {
                throw new HostSyntaxException(
                        "Host '"
                                + Hostname.printable(text)
                                + "' opens a bracket that does not close (expected: [IPv6])");
            }
            return IpAddress.parseV6(text.substring(1, text.length() - 1));
        }
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        return IpAddress.parseLooseV4(name)
                .<Host>map(address -> address)
                .orElseGet(() -> Hostname.parse(text));
    }
}
