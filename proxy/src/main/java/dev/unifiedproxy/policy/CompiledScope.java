package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rules of one scope, found by host; immutable. */
final class CompiledScope {
    /** Says nothing. */
    static final CompiledScope EMPTY = of(ScopeName.GLOBAL, ScopeRules.EMPTY);

    private final ScopeName name;
    private final Optional<Mode> mode;
    private final HostTable<List<Binding>> byHost;
    private final List<Binding> everywhere;
    private final Set<String> ruleNames;

    private CompiledScope(
            ScopeName name,
            Optional<Mode> mode,
            Map<HostPattern, List<Binding>> byHost,
            List<Binding> everywhere,
            Set<String> ruleNames) {
        this.name = name;
        this.mode = mode;
        this.byHost = new HostTable<>(byHost);
        this.everywhere = everywhere;
        this.ruleNames = ruleNames;
    }

    static CompiledScope of(ScopeName name, ScopeRules rules) {
        Map<HostPattern, List<Binding>> byHost = new HashMap<>();
        List<Binding> everywhere = new ArrayList<>(0);
        Set<String> names = new HashSet<>();
        int index = 0;
        for (PolicyRule rule : rules.rules()) {
            CompiledRule compiled = CompiledRule.of(rule, name, index++);
            names.add(rule.name());
            for (HostTarget target : rule.hosts()) {
                byHost.computeIfAbsent(target.pattern(), pattern -> new ArrayList<>(1))
                        .add(new Binding(compiled, Optional.of(target.pattern()), target.ports()));
            }
            if (rule.hosts().isEmpty()) {
                everywhere.add(new Binding(compiled, Optional.empty(), Set.of()));
            }
        }
        byHost.replaceAll((pattern, bindings) -> List.copyOf(bindings));
        return new CompiledScope(name, rules.mode(), byHost, List.copyOf(everywhere), names);
    }

    ScopeName name() {
        return name;
    }

    Optional<Mode> mode() {
        return mode;
    }

    /** How many different host patterns it has. */
    int size() {
        return byHost.size();
    }

    /** Whether a rule is called so. */
    boolean hasRule(String ruleName) {
        return ruleNames.contains(ruleName);
    }

    /** Adds the rules for the host, in no order. */
    void find(Host host, List<Binding> into) {
        if (ruleNames.isEmpty()) {
            return;
        }
        into.addAll(everywhere);
        List<List<Binding>> found = new ArrayList<>(2);
        byHost.find(host, found);
        for (List<Binding> bindings : found) {
            into.addAll(bindings);
        }
    }
}
