package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.NormalPath;

import java.util.List;
import java.util.Optional;

/** Judges by the lines, endpoints and blocked paths of allowlists. */
final class AllowlistJudge {
    private AllowlistJudge() {}

    /** By host, port and endpoint, as far as they are known; blocked paths are left out. */
    static Decision judge(Applicable all, Asked asked) {
        Decision decision = byPlace(all.snapshot(), all.lines(), asked);
        if (decision instanceof Decision.Deny || asked.request().isEmpty()) {
            return decision;
        }
        return endpoint(all.lines())
                .<Decision>flatMap(rule -> denial(asked.request().get(), asked, rule))
                .orElse(decision);
    }

    private static Decision byPlace(PolicySnapshot snapshot, List<HostRules> lines, Asked asked) {
        Optional<AllowRule> first = Optional.empty();
        for (HostRules rules : lines) {
            for (AllowRule rule : rules.allows()) {
                if (asked.port().isEmpty() || rule.allows(asked.port().getAsInt())) {
                    return allow(asked.host(), lines, rule);
                }
                first = first.or(() -> Optional.of(rule));
            }
        }
        if (first.isPresent()) {
            Authority authority = new Authority(asked.host(), asked.port().orElseThrow());
            return Denials.port(snapshot, authority, lines);
        }
        return switch (asked.host()) {
            case IpAddress address -> Denials.ipLiteral(snapshot, asked, address);
            case Hostname name -> Denials.notListed(snapshot, asked);
        };
    }

    private static Decision.Allow allow(Host host, List<HostRules> lines, AllowRule rule) {
        HostRules innermost = lines.getFirst();
        boolean exactly =
                !(innermost.pattern() instanceof HostPattern.Subtree)
                        && !innermost.allows().isEmpty();
        return new Decision.Allow(
                rule.reference(),
                exactly ? host.text() : rule.pattern().text(),
                rule.pattern() instanceof HostPattern.Address);
    }

    private static Optional<Decision.Deny> denial(
            InboundRequest request, Asked asked, EndpointRule rule) {
        Host host = asked.host();
        NormalPath path = request.target().path();
        if (path.ambiguous()) {
            return Optional.of(Denials.ambiguous(host, path, rule.reference()));
        }
        if (!rule.allows(request.method())) {
            return Optional.of(Denials.method(host, request.method(), rule));
        }
        Optional<Decision.Deny> override = MethodOverride.denial(request, asked, rule);
        if (override.isPresent() || covers(rule, path.text())) {
            return override;
        }
        return Optional.of(Denials.path(host, path, rule));
    }

    /** The innermost one. */
    static Optional<EndpointRule> endpoint(List<HostRules> lines) {
        for (HostRules rules : lines) {
            if (rules.endpoint().isPresent()) {
                return rules.endpoint();
            }
        }
        return Optional.empty();
    }

    /** A '/' at the end changes nothing: the path is judged without it. */
    private static boolean covers(EndpointRule rule, String path) {
        int length = PathGlob.judgedLength(path);
        for (PathGlob glob : rule.paths()) {
            if (glob.matches(path, length)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the path is one of those that are blocked whatever allows it. A '/' at the end saves
     * nothing: the path is judged with it and without.
     */
    static Optional<Decision.Deny> blockOf(InboundRequest request, List<HostRules> lines) {
        Host host = request.authority().host();
        NormalPath path = request.target().path();
        String text = path.text();
        int length = PathGlob.judgedLength(text);
        for (HostRules rules : lines) {
            for (BlockedPaths blocked : rules.blocked()) {
                if (path.ambiguous()) {
                    return Optional.of(Denials.ambiguous(host, path, blocked.place()));
                }
                for (PathGlob glob : blocked.paths()) {
                    if (glob.matches(text, length)
                            || (length < text.length() && glob.matches(text, text.length()))) {
                        return Optional.of(Denials.blockedPath(host, path, blocked, glob));
                    }
                }
            }
        }
        return Optional.empty();
    }
}
