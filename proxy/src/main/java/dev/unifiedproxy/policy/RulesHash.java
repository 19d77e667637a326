package dev.unifiedproxy.policy;

import dev.unifiedproxy.http.Method;

import java.util.HexFormat;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A short name for what a set of rules says: FNV-1a with 64 bits, stable across runs and releases.
 *
 * <p>It tells two rule sets apart for a person who reads an audit record; it is no proof against
 * one who writes both.
 */
final class RulesHash {
    private static final long OFFSET = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private long hash = OFFSET;

    private RulesHash() {}

    static String of(Allowlist allowlist, PolicyDocument document) {
        RulesHash hash = new RulesHash();
        hash.add(allowlist);
        hash.add("rules", document.global());
        new TreeMap<>(document.groups()).forEach((name, scope) -> hash.add("group " + name, scope));
        new TreeMap<>(document.containers())
                .forEach((id, scope) -> hash.add("container " + id, scope));
        return HexFormat.of().toHexDigits(hash.hash);
    }

    private void add(Allowlist allowlist) {
        for (AllowRule rule : allowlist.rules()) {
            add(rule.text());
        }
        for (EndpointRule endpoint : allowlist.endpoints()) {
            add("endpoint " + endpoint.host().text());
            for (Method method : new TreeSet<>(endpoint.methods())) {
                add(method.name());
            }
            endpoint.paths().forEach(path -> add(path.text()));
            endpoint.idleTimeout().ifPresent(idle -> add(idle.toString()));
        }
        for (BlockedPaths blocked : allowlist.blocked()) {
            add("blocked " + blocked.host().text());
            blocked.paths().forEach(path -> add(path.text()));
        }
    }

    /** An empty scope says nothing, and so is as good as none. */
    private void add(String name, ScopeRules scope) {
        if (scope.equals(ScopeRules.EMPTY)) {
            return;
        }
        add("scope " + name);
        scope.mode().ifPresent(mode -> add("mode " + mode));
        scope.rules().forEach(this::add);
    }

    private void add(PolicyRule rule) {
        add("rule " + rule.name());
        add("priority " + rule.priority());
        add(rule.action().toString());
        for (HostTarget target : rule.hosts()) {
            add("host " + target.pattern().text() + " " + new TreeSet<>(target.ports()));
        }
        RuleMatch match = rule.match();
        add("methods " + new TreeSet<>(match.methods()));
        match.paths().forEach(path -> add("path " + path.text()));
        match.query().forEach(each -> add("query " + each.name() + "=" + each.value().text()));
        match.headers().forEach(each -> add("header " + each.name() + "=" + each.value().text()));
        match.contentTypes().forEach(type -> add("type " + type));
    }

    private void add(String text) {
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        hash = (hash ^ '\n') * PRIME;
    }
}
