package dev.unifiedproxy.host;

/**
 * What a rule says about hosts: one name, a name with everything below it, or one address.
 *
 * <p>{@code *.example.com} matches {@code example.com} itself and every name below it, at any
 * depth; no other wildcard exists, so {@code notexample.com} can never match.
 */
public sealed interface HostPattern {
    /** Exactly this name. */
    record Exact(Hostname name) implements HostPattern {}

    /** This name and every name below it. */
    record Subtree(Hostname base) implements HostPattern {}

    /** Exactly this address. */
    record Address(IpAddress address) implements HostPattern {}

    /**
     * Parses a pattern of a configuration file.
     *
     * @throws HostSyntaxException when it is neither a name, {@code *.name}, nor an address
     */
    static HostPattern parse(String text) {
        if (text.startsWith("*.")) {
            return new Subtree(Hostname.parseUnicode(text.substring(2)));
        }
        if (text.indexOf('*') >= 0) {
            throw new HostSyntaxException(
                    "Pattern '"
                            + Hostname.printable(text)
                            + "' has a '*' that is not a leading '*.' (expected: name or *.name)");
        }
        if (text.startsWith("[") && text.endsWith("]")) {
            return new Address(IpAddress.parseV6(text.substring(1, text.length() - 1)));
        }
        if (text.indexOf(':') >= 0 || text.matches("[0-9.]+")) {
            return new Address(IpAddress.parse(text));
        }
        return new Exact(Hostname.parseUnicode(text));
    }

    /** Whether the host is one that this pattern names. */
    default boolean matches(Host host) {
        return switch (this) {
            case Exact(Hostname name) -> name.equals(host);
            case Subtree(Hostname base) ->
                    host instanceof Hostname name
                            && (name.equals(base) || name.text().endsWith("." + base.text()));
            case Address(IpAddress address) -> address.equals(host);
        };
    }

    /** The pattern as it would stand in a file. */
    default String text() {
        return switch (this) {
            case Exact(Hostname name) -> name.text();
            case Subtree(Hostname base) -> "*." + base.text();
            case Address(IpAddress address) -> address.text();
        };
    }
}
