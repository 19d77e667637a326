package dev.unifiedproxy.host;

/**
 * An address that the operator wrote down for a name.
 *
 * @param address where to dial, whatever its range
 * @param port which port to dial there, or 0 for the port of the request's authority; only the
 *     dialled socket changes, never what is judged or verified
 */
public record PinnedAddress(IpAddress address, int port) {
    /** Checks the port. */
    public PinnedAddress {
        if (port < 0 || port > 65535) {
            throw new HostSyntaxException("Port " + port + " is not valid (expected: 1 to 65535)");
        }
    }

    /**
     * Parses {@code address}, {@code 127.0.0.1:8443} or {@code [::1]:8443}.
     *
     * @throws HostSyntaxException when it is none of these
     */
    public static PinnedAddress parse(String text) {
        boolean bracketed = text.startsWith("[");
        boolean withPort =
                bracketed || (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':'));
        if (!withPort) {
            return new PinnedAddress(IpAddress.parse(text), 0);
        }
        Authority authority = Authority.parseWithPort(text);
        if (!(authority.host() instanceof IpAddress address)) {
            throw new HostSyntaxException(
                    "'" + Hostname.printable(text) + "' is not an IP address and a port");
        }
        return new PinnedAddress(address, authority.port());
    }

    /** The port to dial for an authority with this port. */
    public int portOr(int authorityPort) {
        return port == 0 ? authorityPort : port;
    }
}
