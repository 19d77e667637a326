package dev.unifiedproxy.config;

import dev.unifiedproxy.policy.PolicyDocument;
import dev.unifiedproxy.policy.ScopeRules;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads {@code policy.yaml}: rules for everybody, for sandbox groups, and for single containers.
 * {@code docs/policy.schema.json} describes the same form for editors.
 */
public final class PolicyYamlParser {
    /** The largest file, in bytes. */
    public static final int MAX_BYTES = 32 << 20;

    /** The keys of one scope. */
    static final Set<String> SCOPE = Set.of("mode", "rules");

    /** The name of a group or the id of a container. */
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private static final Set<String> TOP =
            Set.of("version", "mode", "rules", "groups", "containers");

    private final RuleValues values;
    private final ScopeParser scopes;

    private PolicyYamlParser(String file, Problems problems) {
        this.values = new RuleValues(new YamlShape(file, problems));
        this.scopes =
                new ScopeParser(values, file.substring(file.lastIndexOf('/') + 1), YamlNode::line);
    }

    /**
     * Reads a file's content.
     *
     * @param file the path, for problems; rules carry its last part only, which sandboxes may see
     * @throws ConfigurationException with all that is wrong
     */
    public static PolicyDocument parse(String file, byte[] content) {
        Problems problems = new Problems();
        Optional<YamlNode> root = YamlDocument.read(file, content, MAX_BYTES, problems);
        if (root.isEmpty()) {
            problems.add(Problem.ofFile(file, "is empty (expected: a mapping with 'version')"));
        }
        PolicyDocument document =
                root.map(node -> new PolicyYamlParser(file, problems).document(node))
                        .orElse(PolicyDocument.EMPTY);
        problems.throwIfAny();
        return document;
    }

    private PolicyDocument document(YamlNode root) {
        Map<String, YamlNode> fields = values.fields(root, "the file", Set.of("version"), TOP);
        Optional.ofNullable(fields.get("version"))
                .ifPresent(node -> values.choice(node, "version", Map.of("1", 1)));
        return new PolicyDocument(
                scopes.scope(fields, ""), named(fields, "groups"), named(fields, "containers"));
    }

    private Map<String, ScopeRules> named(Map<String, YamlNode> fields, String key) {
        Map<String, ScopeRules> read = new LinkedHashMap<>();
        YamlNode node = fields.get(key);
        if (node == null) {
            return read;
        }
        if (!(node instanceof YamlNode.Mapping mapping)) {
            values.problem(node, key + " is " + node.kind() + " (expected: names with rules)");
            return read;
        }
        for (YamlNode.Entry entry : mapping.entries()) {
            String where = key + "." + entry.key().text();
            Optional<String> name =
                    values.word(
                            entry.key(),
                            key,
                            entry.key().text(),
                            NAME,
                            "1 to 128 letters, digits, '.', '_', ':' and '-'");
            Map<String, YamlNode> inner = values.fields(entry.value(), where, Set.of(), SCOPE);
            ScopeRules rules = scopes.scope(inner, where + ".");
            name.ifPresent(text -> read.put(text, rules));
        }
        return read;
    }
}
