package dev.unifiedproxy.http;

import java.util.Optional;

/**
 * The methods that pass. Case-sensitive (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9110#section-9.1">RFC 9110 section 9.1</a>); TRACE
 * is missing on purpose, it echoes credentials.
 */
public enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    DELETE,
    PATCH,
    OPTIONS,
    CONNECT;

    private static final Method[] VALUES = values();

    /** The method with exactly this name. */
    public static Optional<Method> of(String name) {
        for (Method method : VALUES) {
            if (method.name().equals(name)) {
                return Optional.of(method);
            }
        }
        return Optional.empty();
    }

    /**
     * Whether it only reads (<a
     * href="https://datatracker.ietf.org/doc/html/rfc9110#section-9.2.1">RFC 9110 section
     * 9.2.1</a>), so that a second attempt does no more than the first one.
     */
    public boolean isSafe() {
        return switch (this) {
            case GET, HEAD, OPTIONS -> true;
            case POST, PUT, DELETE, PATCH, CONNECT -> false;
        };
    }
}
