package dev.unifiedproxy.config;

import dev.unifiedproxy.policy.ScopeRules;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads what the metadata of a registration says of policy: {@code policy}, an object of the form
 * of one scope of {@code policy.yaml}, and {@code group}, the name of a sandbox group.
 */
public final class RegistrationPolicy {
    private RegistrationPolicy() {}

    /**
     * The rules of a registration's {@code policy}.
     *
     * @param containerId whose they are
     * @param policy JSON in the JDK's types
     * @throws ConfigurationException with all that is wrong
     */
    public static ScopeRules read(String containerId, Object policy) {
        Problems problems = new Problems();
        RuleValues values = new RuleValues(new YamlShape("", problems));
        Map<String, YamlNode> fields =
                values.fields(node(policy), "policy", Set.of(), PolicyYamlParser.SCOPE);
        ScopeRules rules =
                new ScopeParser(values, "registration of " + containerId, node -> 0)
                        .scope(fields, "policy.");
        problems.throwIfAny();
        return rules;
    }

    /** All that is wrong with what the metadata says of policy, one text each; mostly nothing. */
    public static List<String> problems(String containerId, Map<String, Object> metadata) {
        List<String> problems = new ArrayList<>();
        if (metadata.containsKey("group")
                && !(metadata.get("group") instanceof String group
                        && PolicyYamlParser.NAME.matcher(group).matches())) {
            problems.add(
                    "group: "
                            + Problem.quoted(String.valueOf(metadata.get("group")))
                            + " (expected: 1 to 128 letters, digits, '.', '_', ':' and '-')");
        }
        if (metadata.containsKey("policy")) {
            try {
                Object policy = metadata.get("policy");
                ScopeRules _ = read(containerId, policy == null ? "" : policy);
            } catch (ConfigurationException e) {
                e.problems().forEach(problem -> problems.add(problem.toString()));
            }
        }
        return problems;
    }

    private static YamlNode node(@Nullable Object value) {
        return switch (value) {
            case null -> new YamlNode.Scalar("", 0, 0);
            case Map<?, ?> map -> {
                List<YamlNode.Entry> entries = new ArrayList<>();
                map.forEach(
                        (key, inner) ->
                                entries.add(
                                        new YamlNode.Entry(
                                                new YamlNode.Scalar(String.valueOf(key), 0, 0),
                                                node(inner))));
                yield new YamlNode.Mapping(entries, 0, 0);
            }
            case List<?> list ->
                    new YamlNode.Sequence(
                            list.stream().map(RegistrationPolicy::node).toList(), 0, 0);
            default -> new YamlNode.Scalar(String.valueOf(value), 0, 0);
        };
    }
}
