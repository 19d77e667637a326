package dev.unifiedproxy.http;

import dev.unifiedproxy.host.Authority;

/** The four forms of a request target (RFC 9112 section 3.2), parsed. */
public sealed interface RequestTarget {
    /**
     * A path with its query on the server that the connection or Host names.
     *
     * @param path the normalised path
     * @param query what stands behind the first '?', or empty; see {@code hasQuery}
     * @param hasQuery whether there was a '?'
     */
    record Origin(NormalPath path, String query, boolean hasQuery) implements RequestTarget {
        /** The text that goes out: exactly what was judged. */
        public String text() {
            return hasQuery ? path.text() + "?" + query : path.text();
        }
    }

    /** A URI with its own authority, as proxies receive it. */
    record Absolute(boolean secure, Authority authority, Origin origin) implements RequestTarget {}

    /** {@code host:port} of a CONNECT. */
    record Tunnel(Authority authority) implements RequestTarget {}

    /** {@code *} of an OPTIONS. */
    record Asterisk() implements RequestTarget {}
}
