package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.http.Method;

import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What may be asked of an allowed host: these methods on these paths and nothing else.
 *
 * @param host which hosts
 * @param methods the methods; GET includes HEAD
 * @param paths the patterns, one of which the path must match
 * @param idleTimeout the longest silence of a response or a WebSocket, where it is not the usual
 * @param place file name and line, such as {@code allowlist.yaml:30}
 */
public record EndpointRule(
        HostPattern host,
        Set<Method> methods,
        List<PathGlob> paths,
        Optional<Duration> idleTimeout,
        String place) {
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
                host,
                allMethods,
                List.copyOf(allPaths),
                longer(idleTimeout, other.idleTimeout),
                place + ", " + other.place);
    }

    /** A further file only adds: it never shortens what another one allows. */
    private static Optional<Duration> longer(Optional<Duration> one, Optional<Duration> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.or(() -> other);
        }
        return one.get().compareTo(other.get()) >= 0 ? one : other;
    }

    /** Where it stands and for whom, as decisions name it. */
    String reference() {
        return place + " " + host.text();
    }
}
