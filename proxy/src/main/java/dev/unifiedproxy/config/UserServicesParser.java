package dev.unifiedproxy.config;

import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.policy.AllowRule;
import dev.unifiedproxy.policy.Allowlist;
import dev.unifiedproxy.policy.EndpointRule;
import dev.unifiedproxy.policy.PathGlob;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads {@code user-services.yaml}: services that the operator adds, with the variable that holds
 * each one's key. What they mean for the allowlist is read here: the host, and the methods and
 * paths that may be asked of it.
 */
public final class UserServicesParser {
    private static final Pattern VARIABLE = Pattern.compile("[A-Z_][A-Z0-9_]*");
    private static final Pattern FIELD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");
    private static final Map<String, String> FORMATS = Map.of("bearer", "", "value", "");
    private static final Set<String> REQUIRED =
            Set.of("name", "env_var", "domain", "header", "format");
    private static final Set<String> KEYS =
            Set.of("name", "env_var", "domain", "header", "format", "methods", "paths");
    private static final Map<String, Method> METHODS = methods();

    private final RuleValues values;
    private final String name;
    private final Map<HostPattern, Integer> lines = new HashMap<>();

    private UserServicesParser(String file, Problems problems) {
        this.values = new RuleValues(new YamlShape(file, problems));
        this.name = file.substring(file.lastIndexOf('/') + 1);
    }

    private static Map<String, Method> methods() {
        Map<Method, String> names = new EnumMap<>(Method.class);
        for (Method method : Method.values()) {
            names.put(method, method.name());
        }
        names.remove(Method.CONNECT);
        Map<String, Method> methods = new TreeMap<>();
        names.forEach((method, text) -> methods.put(text, method));
        return methods;
    }

    /**
     * Reads a file's content, at most 1 MiB.
     *
     * @param file the path, for problems; rules carry its last part only
     * @return what the services add to an allowlist
     * @throws ConfigurationException with all that is wrong
     */
    public static Allowlist parse(String file, byte[] content) {
        Problems problems = new Problems();
        Optional<YamlNode> root = YamlDocument.read(file, content, problems);
        if (root.isEmpty()) {
            problems.add(Problem.ofFile(file, "is empty (expected: a mapping with 'version')"));
        }
        Allowlist allowlist =
                root.map(node -> new UserServicesParser(file, problems).services(node))
                        .orElse(Allowlist.EMPTY);
        problems.throwIfAny();
        return allowlist;
    }

    private Allowlist services(YamlNode root) {
        Set<String> keys = Set.of("version", "services");
        Map<String, YamlNode> fields = values.fields(root, "the file", keys, keys);
        Optional.ofNullable(fields.get("version"))
                .ifPresent(node -> values.choice(node, "version", Map.of("1", 1)));
        List<AllowRule> rules = new ArrayList<>();
        List<EndpointRule> endpoints = new ArrayList<>();
        List<YamlNode> items = values.items(fields, "services", "the file");
        for (int i = 0; i < items.size(); i++) {
            YamlNode item = items.get(i);
            service(item, "services[" + i + "]")
                    .ifPresent(
                            endpoint -> {
                                rules.add(
                                        new AllowRule(
                                                endpoint.host(),
                                                Set.of(),
                                                false,
                                                endpoint.place(),
                                                "service"));
                                endpoints.add(endpoint);
                            });
        }
        return new Allowlist(rules, endpoints, List.of());
    }

    private Optional<EndpointRule> service(YamlNode node, String where) {
        Map<String, YamlNode> fields = values.fields(node, where, REQUIRED, KEYS);
        check(fields, "env_var", where, VARIABLE, "A-Z, 0-9 and '_', not beginning with a digit");
        check(fields, "header", where, FIELD, "a field's name");
        Optional.ofNullable(fields.get("name"))
                .ifPresent(text -> values.text(text, where + ".name"));
        Optional.ofNullable(fields.get("format"))
                .ifPresent(text -> values.choice(text, where + ".format", FORMATS));
        Set<Method> methods = values.choices(fields, "methods", where, Method.class, METHODS);
        List<PathGlob> paths = values.list(fields, "paths", where, PathGlob::parse);
        Optional<HostPattern> domain =
                Optional.ofNullable(fields.get("domain"))
                        .flatMap(
                                text ->
                                        values.text(text, where + ".domain")
                                                .flatMap(
                                                        host ->
                                                                values.value(
                                                                        text,
                                                                        where + ".domain",
                                                                        host,
                                                                        UserServicesParser::name)));
        domain.ifPresent(host -> once(node, where, host));
        return domain.map(
                host ->
                        new EndpointRule(
                                host,
                                methods.isEmpty() ? Set.copyOf(METHODS.values()) : methods,
                                paths.isEmpty() ? List.of(PathGlob.parse("/**")) : paths,
                                Optional.empty(),
                                name + ":" + node.line()));
    }

    private void once(YamlNode node, String where, HostPattern host) {
        Integer before = lines.putIfAbsent(host, node.line());
        if (before != null) {
            values.problem(
                    node,
                    where
                            + ".domain: '"
                            + host.text()
                            + "' is that of another service, on line "
                            + before
                            + " (expected: one entry with all methods and paths)");
        }
    }

    private void check(
            Map<String, YamlNode> fields,
            String key,
            String where,
            Pattern pattern,
            String expected) {
        Optional.ofNullable(fields.get(key))
                .ifPresent(node -> values.word(node, where + "." + key, pattern, expected));
    }

    /** A key goes to one host, so a wildcard or an address is none. */
    private static HostPattern name(String text) {
        HostPattern pattern = HostRuleSyntax.parseHost(text);
        if (pattern instanceof HostPattern.Exact) {
            return pattern;
        }
        throw new IllegalArgumentException("expected: one host name");
    }
}
