package dev.unifiedproxy.config;

import dev.unifiedproxy.policy.Mode;
import dev.unifiedproxy.policy.PolicyRule;
import dev.unifiedproxy.policy.ScopeRules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** Reads {@code mode} and {@code rules} of one scope: everybody, a group, or a container. */
final class ScopeParser {
    private static final Map<String, Mode> MODES =
            Map.of("enforce", Mode.ENFORCE, "observe", Mode.OBSERVE);

    private final RuleValues values;
    private final RuleParser rules;
    private final String file;
    private final ToIntFunction<YamlNode> line;

    /**
     * A parser.
     *
     * @param file the name that stands in a rule's place
     * @param line the number that stands behind it, or 0 for none
     */
    ScopeParser(RuleValues values, String file, ToIntFunction<YamlNode> line) {
        this.values = values;
        this.rules = new RuleParser(values);
        this.file = file;
        this.line = line;
    }

    /**
     * The scope of a mapping whose keys were checked; {@code where} ends with a dot, or is empty.
     */
    ScopeRules scope(Map<String, YamlNode> fields, String where) {
        Optional<Mode> mode =
                Optional.ofNullable(fields.get("mode"))
                        .flatMap(node -> values.choice(node, where + "mode", MODES));
        List<PolicyRule> read = new ArrayList<>();
        Map<String, Integer> names = new HashMap<>();
        List<YamlNode> items = values.items(fields, "rules", where);
        for (int i = 0; i < items.size(); i++) {
            YamlNode node = items.get(i);
            String at = where + "rules[" + i + "]";
            int number = i;
            rules.rule(node, at, place(node))
                    .ifPresent(
                            rule -> {
                                Integer before = names.putIfAbsent(rule.name(), number);
                                if (before != null) {
                                    values.problem(
                                            node,
                                            at
                                                    + ".name: '"
                                                    + rule.name()
                                                    + "' is the name of "
                                                    + where
                                                    + "rules["
                                                    + before
                                                    + "] already (expected: another one)");
                                }
                                read.add(rule);
                            });
        }
        return new ScopeRules(mode, read);
    }

    private String place(YamlNode node) {
        int number = line.applyAsInt(node);
        return number == 0 ? file : file + ":" + number;
    }
}
