package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Allowlists compiled for deciding; immutable.
 *
 * <p>Finding what is said of a host takes one hash lookup for the host itself and one for each of
 * its parent domains, however many rules there are.
 */
public final class PolicySnapshot {
    private final Map<Host, HostRules> exact;
    private final Map<String, HostRules> subtrees;
    private final String version;
    private final String file;
    private final Optional<String> denyReason;

    private PolicySnapshot(Allowlist allowlist, String file, Optional<String> denyReason) {
        this.file = file;
        this.denyReason = denyReason;
        this.version = RulesHash.of(allowlist);
        Map<Host, HostRules> exactRules = new HashMap<>();
        Map<String, HostRules> subtreeRules = new HashMap<>();
        for (HostRules.Builder builder : collect(allowlist).values()) {
            HostRules rules = builder.build();
            switch (rules.pattern()) {
                case HostPattern.Exact(Hostname name) -> exactRules.put(name, rules);
                case HostPattern.Address(IpAddress address) -> exactRules.put(address, rules);
                case HostPattern.Subtree(Hostname base) -> subtreeRules.put(base.text(), rules);
            }
        }
        this.exact = exactRules;
        this.subtrees = subtreeRules;
    }

    private static Map<HostPattern, HostRules.Builder> collect(Allowlist allowlist) {
        Map<HostPattern, HostRules.Builder> builders = new HashMap<>();
        for (AllowRule rule : allowlist.rules()) {
            builders.computeIfAbsent(rule.pattern(), HostRules.Builder::new).add(rule);
        }
        for (EndpointRule rule : allowlist.endpoints()) {
            builders.computeIfAbsent(rule.host(), HostRules.Builder::new).add(rule);
        }
        for (BlockedPaths paths : allowlist.blocked()) {
            builders.computeIfAbsent(paths.host(), HostRules.Builder::new).add(paths);
        }
        return builders;
    }

    /**
     * Compiles an allowlist.
     *
     * @param file the name of the file in which a person would add a rule; a name ending in {@code
     *     .yaml} or {@code .yml} is taken for the YAML form
     */
    public static PolicySnapshot of(Allowlist allowlist, String file) {
        return new PolicySnapshot(allowlist, file, Optional.empty());
    }

    /**
     * Refuses every request.
     *
     * @param reason why, such as {@code no allowlist file}; refusals name it as their rule
     */
    public static PolicySnapshot denyAll(String reason) {
        return new PolicySnapshot(Allowlist.EMPTY, "allowlist.conf", Optional.of(reason));
    }

    /** 16 hexadecimal digits that depend on what the rules say, not on where they stand. */
    public String version() {
        return version;
    }

    /** How many different host patterns it holds. */
    public int size() {
        return exact.size() + subtrees.size();
    }

    /** Why everything is refused, when it is. */
    public Optional<String> denyReason() {
        return denyReason;
    }

    /** The name of the file in which a person would add a rule. */
    String file() {
        return file;
    }

    /** What is said of the host: the host itself first, then its domains from the innermost out. */
    List<HostRules> matching(Host host) {
        List<HostRules> found = new ArrayList<>(2);
        addIfPresent(found, exact.get(host));
        if (!(host instanceof Hostname name) || subtrees.isEmpty()) {
            return found;
        }
        String suffix = name.text();
        addIfPresent(found, subtrees.get(suffix));
        for (int dot = suffix.indexOf('.'); dot >= 0; dot = suffix.indexOf('.')) {
            suffix = suffix.substring(dot + 1);
            addIfPresent(found, subtrees.get(suffix));
        }
        return found;
    }

    private static void addIfPresent(List<HostRules> found, @Nullable HostRules rules) {
        if (rules != null) {
            found.add(rules);
        }
    }
}
