package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Allowlists and {@code policy.yaml} compiled for deciding; immutable.
 *
 * <p>Finding what is said of a host takes one probe for each of its labels in the allowlists and in
 * each scope of the container, however many patterns there are; see {@link HostTable}.
 */
public final class PolicySnapshot {
    private static final Comparator<Binding> IN_ORDER =
            Comparator.comparingLong(binding -> binding.rule().rank());

    private final HostTable<HostRules> lines;
    private final CompiledScope global;
    private final Map<String, CompiledScope> groups = new HashMap<>();
    private final Map<String, CompiledScope> containers = new HashMap<>();
    private final boolean hasRules;
    private final String version;
    private final String file;
    private final Optional<String> denyReason;

    private PolicySnapshot(
            Allowlist allowlist,
            PolicyDocument document,
            String file,
            Optional<String> denyReason) {
        this.file = file;
        this.denyReason = denyReason;
        this.version = RulesHash.of(allowlist, document);
        this.hasRules = !document.equals(PolicyDocument.EMPTY);
        Map<HostPattern, HostRules> byPattern = new HashMap<>();
        collect(allowlist).forEach((pattern, builder) -> byPattern.put(pattern, builder.build()));
        this.lines = new HostTable<>(byPattern);
        this.global = CompiledScope.of(ScopeName.GLOBAL, document.global());
        document.groups()
                .forEach(
                        (name, rules) ->
                                groups.put(name, CompiledScope.of(ScopeName.group(name), rules)));
        document.containers()
                .forEach(
                        (id, rules) ->
                                containers.put(
                                        id, CompiledScope.of(ScopeName.container(id), rules)));
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
        return of(allowlist, PolicyDocument.EMPTY, file);
    }

    /**
     * Compiles an allowlist and {@code policy.yaml}.
     *
     * @param file the name of the file in which a person would add a line to the allowlist, as
     *     above
     */
    public static PolicySnapshot of(Allowlist allowlist, PolicyDocument document, String file) {
        return new PolicySnapshot(allowlist, document, file, Optional.empty());
    }

    /**
     * Refuses every request, whatever registrations bring along.
     *
     * @param reason why, such as {@code no allowlist file}; refusals name it as their rule
     */
    public static PolicySnapshot denyAll(String reason) {
        return new PolicySnapshot(
                Allowlist.EMPTY, PolicyDocument.EMPTY, "allowlist.conf", Optional.of(reason));
    }

    /** 16 hexadecimal digits that depend on what the rules say, not on where they stand. */
    public String version() {
        return version;
    }

    /** How many different host patterns the allowlists, and each scope, hold. */
    public int size() {
        int size = lines.size() + global.size();
        for (CompiledScope scope : groups.values()) {
            size += scope.size();
        }
        for (CompiledScope scope : containers.values()) {
            size += scope.size();
        }
        return size;
    }

    /** Why everything is refused, when it is. */
    public Optional<String> denyReason() {
        return denyReason;
    }

    /** The name of the file in which a person would add a line to the allowlist. */
    String file() {
        return file;
    }

    /** Whether there is a {@code policy.yaml} that says anything. */
    boolean hasRules() {
        return hasRules;
    }

    /** The rules for everybody. */
    CompiledScope global() {
        return global;
    }

    /** What the file says in that scope; a registration's stands with its container's. */
    CompiledScope fileScope(ScopeName name, String containerId, ContainerPolicy own) {
        return switch (name.tier()) {
            case 0 -> container(containerId);
            case 1 -> group(own);
            default -> global;
        };
    }

    private CompiledScope container(String id) {
        CompiledScope known = containers.get(id);
        return known != null ? known : CompiledScope.of(ScopeName.container(id), ScopeRules.EMPTY);
    }

    private CompiledScope group(ContainerPolicy own) {
        if (own.group().isEmpty()) {
            return CompiledScope.EMPTY;
        }
        return Objects.requireNonNullElse(groups.get(own.group().get()), CompiledScope.EMPTY);
    }

    /**
     * What the allowlists say of the host: itself first, then its domains from the innermost out.
     */
    List<HostRules> matching(Host host) {
        List<HostRules> found = new ArrayList<>(2);
        lines.find(host, found);
        return found;
    }

    /** All that is said of the host to the container. */
    Applicable applicable(Host host, String containerId, ContainerPolicy own) {
        List<Binding> rules = new ArrayList<>(4);
        if (denyReason.isEmpty()) {
            CompiledScope inFile = containers.get(containerId);
            if (inFile != null) {
                inFile.find(host, rules);
            }
            own.scope().find(host, rules);
            group(own).find(host, rules);
            global.find(host, rules);
            if (rules.size() > 1) {
                rules.sort(IN_ORDER);
            }
        }
        return new Applicable(this, containerId, own, matching(host), rules);
    }

    /** The first mode that the container, its registration, its group or everybody's rules name. */
    Mode mode(String containerId, ContainerPolicy own) {
        if (denyReason.isPresent()) {
            return Mode.ENFORCE;
        }
        return Optional.ofNullable(containers.get(containerId))
                .flatMap(CompiledScope::mode)
                .or(own.scope()::mode)
                .or(group(own)::mode)
                .or(global::mode)
                .orElse(Mode.ENFORCE);
    }
}
