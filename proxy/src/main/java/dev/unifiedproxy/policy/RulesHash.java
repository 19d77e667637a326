package dev.unifiedproxy.policy;

import dev.unifiedproxy.http.Method;

import java.util.HexFormat;
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

    static String of(Allowlist allowlist) {
        RulesHash hash = new RulesHash();
        for (AllowRule rule : allowlist.rules()) {
            hash.add(rule.text());
        }
        for (EndpointRule endpoint : allowlist.endpoints()) {
            hash.add("endpoint " + endpoint.host().text());
            for (Method method : new TreeSet<>(endpoint.methods())) {
                hash.add(method.name());
            }
            endpoint.paths().forEach(path -> hash.add(path.text()));
            endpoint.idleTimeout().ifPresent(idle -> hash.add(idle.toString()));
        }
        for (BlockedPaths blocked : allowlist.blocked()) {
            hash.add("blocked " + blocked.host().text());
            blocked.paths().forEach(path -> hash.add(path.text()));
        }
        return HexFormat.of().toHexDigits(hash.hash);
    }

    private void add(String text) {
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        hash = (hash ^ '\n') * PRIME;
    }
}
