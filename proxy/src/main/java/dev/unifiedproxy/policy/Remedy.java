package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.NormalPath;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The smallest rule that would let pass what was refused, and where it has to stand.
 *
 * @param scope whose rules it belongs to
 * @param rule the rule
 * @param before the rule that it has to stand before, where its priority is not enough
 */
record Remedy(ScopeName scope, PolicyRule rule, Optional<String> before) {
    private static final int MAX_NAME = 60;
    private static final Pattern PLAIN =
            Pattern.compile("/[A-Za-z0-9./_-]*|[A-Za-z][A-Za-z0-9_-]*\\.[A-Za-z0-9._-]+");

    /** A rule at the end of a scope. */
    static Remedy add(CompiledScope scope, int priority, Asked asked) {
        return new Remedy(scope.name(), rule(scope, priority, asked), Optional.empty());
    }

    /**
     * A rule that is asked before the one that denied.
     *
     * @param scope the file's scope to which the rule belongs, or for a rule of a registration what
     *     the file says of the container, which is asked first
     */
    static Remedy override(CompiledScope scope, CompiledRule denial, Asked asked) {
        int priority = denial.rule().priority();
        if (denial.scope().own()) {
            return add(scope, priority, asked);
        }
        return priority < 100
                ? add(scope, priority + 1, asked)
                : new Remedy(
                        scope.name(),
                        rule(scope, priority, asked),
                        Optional.of(denial.rule().name()));
    }

    private static PolicyRule rule(CompiledScope scope, int priority, Asked asked) {
        Host host = asked.host();
        HostPattern pattern =
                switch (host) {
                    case Hostname name -> new HostPattern.Exact(name);
                    case IpAddress address -> new HostPattern.Address(address);
                };
        OptionalInt port = asked.port();
        boolean usual = port.isEmpty() || AllowRule.DEFAULT_PORTS.contains(port.getAsInt());
        return new PolicyRule(
                name(scope, host),
                new RuleAction.Allow(Optional.<Duration>empty()),
                priority,
                List.of(new HostTarget(pattern, usual ? Set.of() : Set.of(port.getAsInt()))),
                asked.request().map(request -> match(request, asked)).orElse(RuleMatch.ANY),
                "policy.yaml");
    }

    private static RuleMatch match(InboundRequest request, Asked asked) {
        boolean wishes = !MethodOverride.wishes(request, asked).isEmpty();
        Set<Method> methods = wishes ? Set.of() : Set.of(request.method());
        NormalPath path = request.target().path();
        List<PathGlob> paths = path.ambiguous() ? List.of() : List.of(glob(path.text()));
        return new RuleMatch(methods, paths, List.of(), List.of(), List.of());
    }

    /** The path itself, or one that covers it where it is no pattern. */
    private static PathGlob glob(String path) {
        if (path.length() > PathGlob.MAX_LENGTH || path.contains("***")) {
            return PathGlob.parse("/**");
        }
        return PathGlob.parse(path);
    }

    private static String name(CompiledScope scope, Host host) {
        String base = "allow-" + host.text().replaceAll("[^a-z0-9]+", "-");
        String cut = base.substring(0, Math.min(base.length(), MAX_NAME));
        String name = cut;
        for (int i = 2; scope.hasRule(name); i++) {
            name = cut + "-" + i;
        }
        return name;
    }

    /** What a person has to do, with the rule in YAML on one line. */
    String text() {
        StringBuilder out = new StringBuilder(160);
        out.append("add to policy.yaml ").append(scope.path());
        before.ifPresent(name -> out.append(", before '").append(name).append('\''));
        out.append(": - {name: ").append(rule.name()).append(", action: allow");
        if (rule.priority() != PolicyRule.DEFAULT_PRIORITY) {
            out.append(", priority: ").append(rule.priority());
        }
        out.append(", hosts: [").append(scalar(target(rule.hosts().getFirst()))).append(']');
        RuleMatch match = rule.match();
        match.methods().forEach(method -> out.append(", methods: [").append(method).append(']'));
        match.paths()
                .forEach(path -> out.append(", paths: [").append(scalar(path.text())).append(']'));
        return out.append('}').toString();
    }

    private static String target(HostTarget target) {
        String host = target.pattern().text();
        String bare = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return target.ports().stream().map(port -> bare + ":" + port).findFirst().orElse(bare);
    }

    /** Quoted unless it can be nothing but a text; a path has no quote and no backslash. */
    private static String scalar(String text) {
        return PLAIN.matcher(text).matches() ? text : "\"" + text + "\"";
    }
}
