package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.http.Method;

import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What may be asked of an allowed host: these methods on these paths and nothing else.
 *
 * @param host which hosts
 * @param methods the methods; GET includes HEAD
 * @param paths the patterns, one of which the path must match
 * @param place file name and line, such as {@code allowlist.yaml:30}
 */
public record EndpointRule(
        HostPattern host, Set<Method> methods, List<PathGlob> paths, String place) {
    /** Copies the collections. */
    public EndpointRule {
        methods = Set.copyOf(methods);
        paths = List.copyOf(paths);
    }

    /** A HEAD tells no more than the GET that is allowed anyway. */
    boolean allows(Method method) {
        return methods.contains(method) || (method == Method.HEAD && methods.contains(Method.GET));
    }

    /** This rule widened by the methods and paths of another one for the same hosts. */
    EndpointRule plus(EndpointRule other) {
        Set<Method> allMethods = EnumSet.noneOf(Method.class);
        allMethods.addAll(methods);
        allMethods.addAll(other.methods);
        Set<PathGlob> allPaths = new LinkedHashSet<>(paths);
        allPaths.addAll(other.paths);
        return new EndpointRule(
                host, allMethods, List.copyOf(allPaths), place + ", " + other.place);
    }

    /** Where it stands and for whom, as decisions name it. */
    String reference() {
        return place + " " + host.text();
    }
}
