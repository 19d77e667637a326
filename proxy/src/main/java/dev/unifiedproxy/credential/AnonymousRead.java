package dev.unifiedproxy.credential;

import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.RequestTarget;

/**
 * The requests that GitHub answers without a credential, and that are useful without one: reads.
 */
final class AnonymousRead {
    private AnonymousRead() {}

    /** Whether the request is such a read. */
    static boolean permits(InboundRequest request) {
        if (request.head().opensWebSocket()) {
            return false; // what goes through it is no read
        }
        return switch (request.authority().host().text()) {
            case "api.github.com", "uploads.github.com" -> request.method().isSafe();
            case "github.com" ->
                    request.method().isSafe() ? !announcesPush(request.target()) : isFetch(request);
            default -> false;
        };
    }

    /**
     * Reference discovery for anything but a fetch. Compared with the one query that git sends, so
     * that no spelling of {@code git-receive-pack} counts as a read.
     */
    private static boolean announcesPush(RequestTarget.Origin target) {
        return target.path().text().endsWith("/info/refs")
                && !target.query().isEmpty()
                && !target.query().equals("service=git-upload-pack");
    }

    private static boolean isFetch(InboundRequest request) {
        return switch (request.method()) {
            case POST -> request.target().path().text().endsWith("/git-upload-pack");
            case GET, HEAD, PUT, DELETE, PATCH, OPTIONS, CONNECT -> false;
        };
    }
}
