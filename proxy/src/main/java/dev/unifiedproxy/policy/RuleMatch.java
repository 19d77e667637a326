package dev.unifiedproxy.policy;

import dev.unifiedproxy.http.Method;

import java.util.List;
import java.util.Set;

/**
 * What has to hold for a rule beyond host and port. Everything that is given has to; of the values
 * of one list, one is enough.
 *
 * @param methods the methods; empty for every method; GET includes HEAD
 * @param paths patterns of the normalised path; empty for every path
 * @param query parameters of the query; every one of them has to be there, and match
 * @param headers fields of the head; every one of them has to be there, and match
 * @param contentTypes media types of the request's body, without parameters, such as {@code
 *     application/json} or {@code text/*}; empty for every type
 */
public record RuleMatch(
        Set<Method> methods,
        List<PathGlob> paths,
        List<FieldMatch> query,
        List<FieldMatch> headers,
        List<String> contentTypes) {
    /** Holds for every request. */
    public static final RuleMatch ANY =
            new RuleMatch(Set.of(), List.of(), List.of(), List.of(), List.of());

    /** Copies the collections. */
    public RuleMatch {
        methods = Set.copyOf(methods);
        paths = List.copyOf(paths);
        query = List.copyOf(query);
        headers = List.copyOf(headers);
        contentTypes = List.copyOf(contentTypes);
    }

    /** Whether it holds for every request, so that a host alone decides. */
    boolean any() {
        return methods.isEmpty()
                && paths.isEmpty()
                && query.isEmpty()
                && headers.isEmpty()
                && contentTypes.isEmpty();
    }
}
