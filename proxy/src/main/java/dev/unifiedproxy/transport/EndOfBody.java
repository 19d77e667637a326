package dev.unifiedproxy.transport;

import dev.unifiedproxy.http.Headers;

/**
 * The clean end of a message, after its head and its pieces of body.
 *
 * @param trailers field lines behind the last chunk; mostly none
 */
public record EndOfBody(Headers trailers) {
    static final EndOfBody WITHOUT_TRAILERS = new EndOfBody(Headers.empty());
}
