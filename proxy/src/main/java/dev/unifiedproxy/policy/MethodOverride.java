package dev.unifiedproxy.policy;

import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Fields by which some frameworks take another method than the one in the first line. Where methods
 * are ruled, what these ask for must be allowed too, or POST would be a way to DELETE.
 */
final class MethodOverride {
    private static final List<String> FIELDS =
            List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override");

    private MethodOverride() {}

    /** The denial of a request whose override the rule does not allow; empty when it has none. */
    static Optional<Decision.Deny> denial(InboundRequest request, EndpointRule rule) {
        Headers headers = request.head().headers();
        for (String field : FIELDS) {
            for (String value : headers.all(field)) {
                if (!allowed(value, rule)) {
                    return Optional.of(
                            Denials.methodOverride(request.authority().host(), field, rule));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean allowed(String value, EndpointRule rule) {
        return Method.of(value.strip().toUpperCase(Locale.ROOT)).filter(rule::allows).isPresent();
    }
}
