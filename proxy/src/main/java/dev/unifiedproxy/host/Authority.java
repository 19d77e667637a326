package dev.unifiedproxy.host;

/**
 * The one destination of a request: a canonical host and an explicit port.
 *
 * <p>Parsed once; this value is what is judged, resolved, dialled, verified and logged.
 *
 * @param host a name or an address
 * @param port 1 to 65535
 */
public record Authority(Host host, int port) {
    /** Checks the port. */
    public Authority {
        if (port < 1 || port > 65535) {
            throw new HostSyntaxException("Port " + port + " is not valid (expected: 1 to 65535)");
        }
    }

    /**
     * Parses {@code host[:port]} as in a Host field or a URI; user information is refused.
     *
     * @param defaultPort what an absent port means
     * @throws HostSyntaxException when the host or the port is not valid
     */
    public static Authority parse(String text, int defaultPort) {
        int colon = portColon(text);
        if (colon < 0) {
            return new Authority(Host.parse(text), defaultPort);
        }
        return new Authority(Host.parse(text.substring(0, colon)), parsePort(text, colon + 1));
    }

    /**
     * Parses {@code host:port} as in a CONNECT request, where the port is not optional (<a
     * href="https://datatracker.ietf.org/doc/html/rfc9110#section-9.3.6">RFC 9110 section
     * 9.3.6</a>).
     *
     * @throws HostSyntaxException when the host or the port is absent or not valid
     */
    public static Authority parseWithPort(String text) {
        if (portColon(text) < 0) {
            throw new HostSyntaxException(
                    "Authority '"
                            + Hostname.printable(text)
                            + "' has no port (expected: host:port)");
        }
        return parse(text, 1);
    }

    private static int portColon(String text) {
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            return close >= 0 && close + 1 < text.length() && text.charAt(close + 1) == ':'
                    ? close + 1
                    : -1;
        }
        return text.indexOf(':');
    }

    private static int parsePort(String text, int from) {
        int value = 0;
        if (from == text.length() || text.length() - from > 5) {
            throw badPort(text);
        }
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || (c == '0' && i == from)) {
                throw badPort(text);
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }

    private static HostSyntaxException badPort(String text) {
        return new HostSyntaxException(
                "Authority '"
                        + Hostname.printable(text)
                        + "' has no valid port (expected: 1 to 65535)");
    }

    /** As it stands in a Host field: the port only where it is not the scheme's own. */
    public String hostField(boolean secure) {
        return port == (secure ? 443 : 80) ? bracketed() : toString();
    }

    private String bracketed() {
        return host instanceof IpAddress address && !address.isV4()
                ? "[" + host.text() + "]"
                : host.text();
    }

    @Override
    public String toString() {
        return bracketed() + ":" + port;
    }
}
