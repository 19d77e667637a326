package dev.unifiedproxy.credential;

import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.HopByHop;

import java.util.ArrayList;
import java.util.List;

/**
 * The field lines of a request that leave the proxy, before a credential is added.
 *
 * @param headers Host first, then the client's end-to-end fields in their order; with room for one
 *     more
 * @param placeholderFields the names of the fields that were removed because a placeholder stood in
 *     them
 */
record OutboundFields(Headers.Builder headers, List<String> placeholderFields) {
    /** Longer names would not be worth a log line. */
    private static final int MAX_LOGGED_NAME = 64;

    /**
     * Leaves out what ends here, what names the sandbox, and every placeholder.
     *
     * @param bound whether the destination's credentials are ours: then the client's own are left
     *     out too
     */
    static OutboundFields of(Headers client, String hostField, boolean bound) {
        HopByHop hopByHop = HopByHop.of(client);
        Headers.Builder headers = new Headers.Builder(client.size() + 2);
        headers.add("Host", hostField);
        List<String> placeholderFields = List.of();
        for (int line = 0; line < client.size(); line++) {
            String name = client.name(line);
            String value = client.value(line);
            if (hopByHop.test(name) || staysHere(name)) {
                continue;
            }
            if (name.equalsIgnoreCase(Subprotocols.FIELD)) {
                String sent = Subprotocols.sent(value, bound);
                if (!sent.isEmpty()) {
                    headers.add(name, sent);
                }
            } else if (Placeholders.inFieldValue(value) || Placeholders.in(name)) {
                placeholderFields = plus(placeholderFields, name);
            } else if (!bound || !isClientCredential(name)) {
                headers.copy(client, line);
            }
        }
        return new OutboundFields(headers, placeholderFields);
    }

    /**
     * What leaves the proxy of the fields behind a chunked body; the parser let no credential in.
     */
    static Headers trailers(Headers client) {
        Headers.Builder kept = new Headers.Builder(client.size());
        HopByHop hopByHop = HopByHop.of(client);
        for (int line = 0; line < client.size(); line++) {
            String name = client.name(line);
            boolean placeholder =
                    Placeholders.inFieldValue(client.value(line)) || Placeholders.in(name);
            if (!placeholder && !hopByHop.test(name) && !staysHere(name)) {
                kept.add(name, client.value(line));
            }
        }
        return kept.build();
    }

    private static List<String> plus(List<String> names, String name) {
        List<String> more = names.isEmpty() ? new ArrayList<>(2) : names;
        more.add(name.length() > MAX_LOGGED_NAME ? name.substring(0, MAX_LOGGED_NAME) : name);
        return more;
    }

    /** Fields in which a client could authenticate itself to a bound host. */
    static boolean isClientCredential(String name) {
        return switch (name.length()) {
            case 6 -> name.equalsIgnoreCase("cookie");
            case 9 -> name.equalsIgnoreCase("x-api-key");
            case 13 -> name.equalsIgnoreCase("authorization");
            case 14 -> name.equalsIgnoreCase("x-goog-api-key");
            default -> false;
        };
    }

    /**
     * The client's own WebSocket handshake; Host, which is rebuilt from the one authority; fields
     * for the proxy; and fields that would tell the outside which sandbox asks; and Alt-Used (RFC
     * 7838 section 5), which would name an alternative that the client cannot have from here.
     * Stricter than <a href="https://datatracker.ietf.org/doc/html/rfc9110#section-7.6.3">RFC 9110
     * section 7.6.3</a>: the client's Via does not pass, and the proxy adds none.
     */
    private static boolean staysHere(String name) {
        return switch (name.charAt(0) | 0x20) {
            case 'a' -> name.equalsIgnoreCase("alt-used");
            case 'f' -> name.equalsIgnoreCase("forwarded");
            case 'h' -> name.equalsIgnoreCase("host");
            case 'p' -> name.regionMatches(true, 0, "proxy-", 0, 6);
            case 's' ->
                    name.regionMatches(true, 0, "sec-websocket-", 0, 14)
                            && !name.equalsIgnoreCase(Subprotocols.FIELD);
            case 'v' -> name.equalsIgnoreCase("via");
            case 'x' ->
                    name.regionMatches(true, 0, "x-forwarded", 0, 11)
                            || name.equalsIgnoreCase("x-container-id")
                            || name.equalsIgnoreCase("x-real-ip");
            default -> false;
        };
    }
}
