package dev.unifiedproxy.policy;

import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Fields, and a query parameter, by which some frameworks take another method than the one in the
 * first line. Where methods are ruled, what these ask for must be allowed too, or POST would be a
 * way to DELETE.
 */
final class MethodOverride {
    private static final List<String> FIELDS =
            List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override");

    private static final String PARAMETER = "_method";

    private MethodOverride() {}

    /**
     * Another method that is asked for.
     *
     * @param source the name of the field or parameter
     * @param method the method; empty when it is none that we know
     */
    record Wish(String source, Optional<Method> method) {}

    /** All that some framework might see. */
    static List<Wish> wishes(InboundRequest request, Asked asked) {
        List<Wish> found = new ArrayList<>(0);
        Headers headers = request.head().headers();
        for (String field : FIELDS) {
            if (headers.contains(field)) {
                headers.all(field).forEach(value -> found.add(new Wish(field, method(value))));
            }
        }
        if (!request.target().query().isEmpty()) {
            for (Optional<String> value : asked.query().possibleValues(PARAMETER)) {
                found.add(new Wish(PARAMETER, value.flatMap(MethodOverride::method)));
            }
        }
        return found;
    }

    /** The denial of a request whose override the rule does not allow; empty when it has none. */
    static Optional<Decision.Deny> denial(InboundRequest request, Asked asked, EndpointRule rule) {
        for (Wish wish : wishes(request, asked)) {
            if (wish.method().filter(rule::allows).isEmpty()) {
                return Optional.of(Denials.methodOverride(asked.host(), wish.source(), rule));
            }
        }
        return Optional.empty();
    }

    private static Optional<Method> method(String value) {
        return Method.of(value.strip().toUpperCase(Locale.ROOT));
    }
}
