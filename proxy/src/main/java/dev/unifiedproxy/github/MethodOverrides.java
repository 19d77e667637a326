package dev.unifiedproxy.github;

import dev.unifiedproxy.http.Headers;

import java.util.List;
import java.util.Optional;

/** Fields by which some servers take another method than the one that was judged. */
final class MethodOverrides {
    private static final List<String> FIELDS =
            List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override");

    private MethodOverrides() {}

    /** The first that stands in these headers. */
    static Optional<String> first(Headers headers) {
        return FIELDS.stream().filter(headers::contains).findFirst();
    }
}
