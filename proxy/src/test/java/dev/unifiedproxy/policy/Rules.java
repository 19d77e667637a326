package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.http.Method;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Rules for tests, in short. */
final class Rules {
    private Rules() {}

    /** Each text is a pattern, {@code !pattern} or {@code pattern@port}; lines count from 1. */
    static List<AllowRule> of(String... texts) {
        List<AllowRule> rules = new ArrayList<>();
        for (String text : texts) {
            boolean deny = text.startsWith("!");
            int at = text.indexOf('@');
            String pattern = text.substring(deny ? 1 : 0, at < 0 ? text.length() : at);
            Set<Integer> ports =
                    at < 0 ? Set.of() : Set.of(Integer.parseInt(text.substring(at + 1)));
            rules.add(
                    new AllowRule(
                            HostPattern.parse(pattern),
                            ports,
                            deny,
                            "allowlist.conf:" + (rules.size() + 1),
                            "generic"));
        }
        return rules;
    }

    static Allowlist hosts(String... texts) {
        return new Allowlist(of(texts), List.of(), List.of());
    }

    static EndpointRule endpoint(String host, Set<Method> methods, String... paths) {
        return new EndpointRule(
                HostPattern.parse(host),
                methods,
                globs(paths),
                Optional.empty(),
                "allowlist.yaml:30");
    }

    static BlockedPaths blocked(String host, String... paths) {
        return new BlockedPaths(HostPattern.parse(host), globs(paths), "allowlist.yaml:90");
    }

    static List<PathGlob> globs(String... paths) {
        return Stream.of(paths).map(PathGlob::parse).toList();
    }
}
