package dev.unifiedproxy.policy;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.NormalPath;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestTarget;
import dev.unifiedproxy.identity.IdentifiedRequest;
import dev.unifiedproxy.identity.IdentifiedRequests;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rules of policy.yaml, documents and requests for tests, in short. */
final class Policies {
    static final RuleAction ALLOW = new RuleAction.Allow(Optional.empty());
    static final RuleAction DENY = new RuleAction.Deny("");
    static final RuleAction INSPECT =
            new RuleAction.Inspect(new BodyCheck(1024, List.of(), List.of()));

    private Policies() {}

    static Rule allow(String name, String... hosts) {
        return new Rule(name, ALLOW, hosts);
    }

    static Rule deny(String name, String... hosts) {
        return new Rule(name, DENY, hosts);
    }

    static Rule limit(String name, int requests, String... hosts) {
        return new Rule(name, new RuleAction.RateLimit(requests, Duration.ofMinutes(1)), hosts);
    }

    static Rule inspect(String name, String... hosts) {
        return new Rule(name, INSPECT, hosts);
    }

    /** A rule that grows; its hosts are {@code pattern} or {@code pattern@port}. */
    static final class Rule {
        private final String name;
        private final RuleAction action;
        private final List<HostTarget> hosts = new ArrayList<>();
        private final Set<Method> methods = new HashSet<>();
        private final List<PathGlob> paths = new ArrayList<>();
        private final List<FieldMatch> query = new ArrayList<>();
        private final List<FieldMatch> headers = new ArrayList<>();
        private List<String> types = List.of();
        private int priority = PolicyRule.DEFAULT_PRIORITY;

        Rule(String name, RuleAction action, String... hosts) {
            this.name = name;
            this.action = action;
            for (String host : hosts) {
                int at = host.indexOf('@');
                this.hosts.add(
                        new HostTarget(
                                HostPattern.parse(at < 0 ? host : host.substring(0, at)),
                                at < 0
                                        ? Set.of()
                                        : Set.of(Integer.parseInt(host.substring(at + 1)))));
            }
        }

        Rule methods(Method... all) {
            methods.addAll(List.of(all));
            return this;
        }

        Rule paths(String... all) {
            paths.addAll(Rules.globs(all));
            return this;
        }

        Rule query(String parameter, String value) {
            query.add(new FieldMatch(parameter, new TextGlob(value)));
            return this;
        }

        Rule header(String field, String value) {
            headers.add(new FieldMatch(field, new TextGlob(value)));
            return this;
        }

        Rule types(String... all) {
            types = List.of(all);
            return this;
        }

        Rule priority(int value) {
            priority = value;
            return this;
        }

        PolicyRule build() {
            return new PolicyRule(
                    name,
                    action,
                    priority,
                    hosts,
                    new RuleMatch(methods, paths, query, headers, types),
                    "policy.yaml:7");
        }
    }

    static ScopeRules scope(Rule... rules) {
        return scope(Optional.empty(), rules);
    }

    static ScopeRules scope(Optional<Mode> mode, Rule... rules) {
        return new ScopeRules(mode, List.of(rules).stream().map(Rule::build).toList());
    }

    static PolicyDocument global(Rule... rules) {
        return new PolicyDocument(scope(rules), Map.of(), Map.of());
    }

    /** Registrations whose metadata holds the rules as they are. */
    static ContainerPolicies asTheyAre() {
        return new ContainerPolicies((id, policy) -> (ScopeRules) policy);
    }

    static PolicyEngine engine(Allowlist allowlist, PolicyDocument document) {
        PolicySnapshot snapshot = PolicySnapshot.of(allowlist, document, "allowlist.conf");
        return new PolicyEngine(() -> snapshot, asTheyAre(), PassThroughList.EMPTY, List.of());
    }

    static IdentifiedRequest request(
            Container container, Method method, String authority, String target, String... fields) {
        return request(container, method, authority, target, BodyFraming.NONE, fields);
    }

    static IdentifiedRequest request(
            Container container,
            Method method,
            String authority,
            String target,
            BodyFraming framing,
            String... fields) {
        int mark = target.indexOf('?');
        RequestTarget.Origin origin =
                new RequestTarget.Origin(
                        NormalPath.parse(mark < 0 ? target : target.substring(0, mark)),
                        mark < 0 ? "" : target.substring(mark + 1),
                        mark >= 0);
        Headers headers = Headers.of(fields).with("Host", authority);
        InboundRequest inbound =
                InboundRequest.tunnelled(
                        "r1",
                        container.address(),
                        Authority.parse(authority, 443),
                        true,
                        new RequestHead(method, origin, false, headers, framing),
                        Optional.empty());
        return IdentifiedRequests.of(inbound, container);
    }
}
