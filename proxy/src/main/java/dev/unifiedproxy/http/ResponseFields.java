package dev.unifiedproxy.http;

/**
 * Which fields of a server's response, interim response or trailers a client gets.
 *
 * <p>Beside what ends at each hop ({@link HopByHop}), an advertisement of another place or protocol
 * for the same origin ends here: Alt-Svc and Alt-Used (<a
 * href="https://datatracker.ietf.org/doc/html/rfc7838#section-3">RFC 7838 sections 3 and 5</a>). A
 * client that followed one would go to a host, a port or HTTP/3 past everything that is judged
 * here.
 */
public final class ResponseFields {
    private ResponseFields() {}

    /** The lines that pass on, in their order, whatever protocol they came over. */
    public static Headers passedOn(Headers received) {
        if (received.size() == 0) {
            return received;
        }
        HopByHop hopByHop = HopByHop.of(received);
        return received.without(
                name -> hopByHop.test(name) || advertises(name) || shakesHands(name));
    }

    private static boolean advertises(String name) {
        return switch (name.length()) {
            case 7 -> name.equalsIgnoreCase("alt-svc");
            case 8 -> name.equalsIgnoreCase("alt-used");
            default -> false;
        };
    }

    /** Every WebSocket has a handshake of its own on each side; only its protocol is shared. */
    private static boolean shakesHands(String name) {
        return name.regionMatches(true, 0, "sec-websocket-", 0, 14)
                && !name.equalsIgnoreCase("sec-websocket-protocol");
    }
}
