package dev.unifiedproxy.credential;

import java.util.ArrayList;
import java.util.List;

/**
 * What a client offers in Sec-WebSocket-Protocol. Browsers can set no other field of a handshake,
 * so there are APIs that take a key as one of the names.
 */
final class Subprotocols {
    static final String FIELD = "sec-websocket-protocol";

    /** How OpenAI's Realtime API takes a key. */
    private static final String KEY_PREFIX = "openai-insecure-api-key.";

    private Subprotocols() {}

    /**
     * The names of one line that go out; a server's choice among the others stays possible.
     *
     * @param bound whether the destination's credentials are ours: then a client's own are left out
     */
    static String sent(String line, boolean bound) {
        List<String> kept = new ArrayList<>();
        for (String element : line.split(",", -1)) {
            String name = element.strip();
            boolean credential = bound && name.startsWith(KEY_PREFIX);
            if (!credential && !Placeholders.inFieldValue(name)) {
                kept.add(name);
            }
        }
        return String.join(", ", kept);
    }
}
