package dev.unifiedproxy.control;

import java.util.Optional;

/** A complete request to the control API. */
final class ControlRequest {
    private final String method;
    private final String path;
    private final Optional<String> contentType;
    private final byte[] body;

    /**
     * A request.
     *
     * @param method the method, as it was sent
     * @param path the request target without its query
     * @param contentType the Content-Type field
     * @param body the body, at most {@link ControlServer#MAX_BODY_BYTES} bytes; not copied
     */
    ControlRequest(String method, String path, Optional<String> contentType, byte[] body) {
        this.method = method;
        this.path = path;
        this.contentType = contentType;
        this.body = body;
    }

    String method() {
        return method;
    }

    String path() {
        return path;
    }

    Optional<String> contentType() {
        return contentType;
    }

    byte[] body() {
        return body;
    }
}
