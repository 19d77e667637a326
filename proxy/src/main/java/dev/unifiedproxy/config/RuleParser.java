package dev.unifiedproxy.config;

import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.json.JsonPath;
import dev.unifiedproxy.policy.BodyCheck;
import dev.unifiedproxy.policy.FieldMatch;
import dev.unifiedproxy.policy.HostTarget;
import dev.unifiedproxy.policy.JsonFieldCheck;
import dev.unifiedproxy.policy.PathGlob;
import dev.unifiedproxy.policy.PolicyRule;
import dev.unifiedproxy.policy.RuleAction;
import dev.unifiedproxy.policy.RuleMatch;
import dev.unifiedproxy.policy.TextGlob;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads one rule of {@code policy.yaml}, or of a registration. */
final class RuleParser {
    private static final int MAX_SECONDS = 86_400;
    private static final int MAX_REQUESTS = 1_000_000;
    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,64}");
    private static final Pattern REASON = Pattern.compile("[^\\p{Cntrl}\u2028\u2029]{1,200}");
    private static final Pattern FIELD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");
    private static final Pattern PARAMETER = Pattern.compile("[^\\p{Cntrl}]{1,128}");
    private static final Pattern MEDIA_TYPE =
            Pattern.compile(
                    "[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/(\\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,126})");

    /** What a rule may do. */
    private enum Kind {
        ALLOW,
        DENY,
        RATE_LIMIT,
        INSPECT
    }

    private static final Map<String, Kind> KINDS =
            Map.of(
                    "allow", Kind.ALLOW,
                    "deny", Kind.DENY,
                    "rate_limit", Kind.RATE_LIMIT,
                    "inspect", Kind.INSPECT);

    /** Keys that only one kind of rule has. */
    private static final Map<String, String> OWNERS =
            new TreeMap<>(
                    Map.of(
                            "idle_timeout_seconds", "allow",
                            "reason", "deny",
                            "rate", "rate_limit",
                            "body", "inspect"));

    private static final Set<String> KEYS =
            Set.of(
                    "name",
                    "action",
                    "priority",
                    "hosts",
                    "methods",
                    "paths",
                    "query",
                    "headers",
                    "content_types",
                    "reason",
                    "idle_timeout_seconds",
                    "rate",
                    "body");

    private static final Map<String, Method> METHODS = methods();

    private final RuleValues values;

    RuleParser(RuleValues values) {
        this.values = values;
    }

    private static Map<String, Method> methods() {
        Map<String, Method> methods = new TreeMap<>();
        for (Method method : Method.values()) {
            if (method != Method.CONNECT) {
                methods.put(method.name(), method);
            }
        }
        return methods;
    }

    /** The rule; empty when it cannot be read, which is noted. */
    Optional<PolicyRule> rule(YamlNode node, String where, String place) {
        Map<String, YamlNode> fields = values.fields(node, where, Set.of("name", "action"), KEYS);
        Optional<String> name =
                Optional.ofNullable(fields.get("name"))
                        .flatMap(
                                text ->
                                        values.word(
                                                text,
                                                where + ".name",
                                                NAME,
                                                "1 to 64 of a-z, 0-9, '.', '_' and '-'"));
        Optional<Kind> kind =
                Optional.ofNullable(fields.get("action"))
                        .flatMap(text -> values.choice(text, where + ".action", KINDS));
        int priority =
                values.number(fields, "priority", where, 0, 100)
                        .orElse(PolicyRule.DEFAULT_PRIORITY);
        List<HostTarget> hosts = values.list(fields, "hosts", where, HostRuleSyntax::parseTarget);
        RuleMatch match = match(fields, where);
        kind.ifPresent(known -> checkKeys(node, fields, where, known));
        Optional<RuleAction> action = kind.flatMap(known -> action(known, fields, where));
        boolean nowhere = kind.equals(Optional.of(Kind.ALLOW)) && hosts.isEmpty();
        if (name.isEmpty() || action.isEmpty() || nowhere) {
            return Optional.empty();
        }
        return Optional.of(new PolicyRule(name.get(), action.get(), priority, hosts, match, place));
    }

    private void checkKeys(YamlNode node, Map<String, YamlNode> fields, String where, Kind kind) {
        OWNERS.forEach(
                (key, owner) -> {
                    boolean own = KINDS.get(owner) == kind;
                    YamlNode given = fields.get(key);
                    if (given != null && !own) {
                        values.problem(
                                given, where + "." + key + ": is for 'action: " + owner + "' only");
                    }
                    boolean needed = own && (kind == Kind.RATE_LIMIT || kind == Kind.INSPECT);
                    if (given == null && needed) {
                        values.problem(
                                node,
                                where + " has no '" + key + "' (expected: one, for " + owner + ")");
                    }
                });
        if (kind == Kind.ALLOW && !fields.containsKey("hosts")) {
            values.problem(
                    node,
                    where
                            + " has no 'hosts' (expected: at least one, an allow rule is not for"
                            + " every host)");
        }
    }

    private Optional<RuleAction> action(Kind kind, Map<String, YamlNode> fields, String where) {
        return switch (kind) {
            case ALLOW ->
                    Optional.of(
                            new RuleAction.Allow(
                                    values.number(
                                                    fields,
                                                    "idle_timeout_seconds",
                                                    where,
                                                    1,
                                                    MAX_SECONDS)
                                            .map(Duration::ofSeconds)));
            case DENY ->
                    Optional.of(
                            new RuleAction.Deny(
                                    Optional.ofNullable(fields.get("reason"))
                                            .flatMap(
                                                    text ->
                                                            values.word(
                                                                    text,
                                                                    where + ".reason",
                                                                    REASON,
                                                                    "one line of at most 200"
                                                                            + " characters"))
                                            .orElse("")));
            case RATE_LIMIT ->
                    Optional.ofNullable(fields.get("rate"))
                            .flatMap(node -> rate(node, where + ".rate"));
            case INSPECT ->
                    Optional.ofNullable(fields.get("body"))
                            .map(node -> new RuleAction.Inspect(body(node, where + ".body")));
        };
    }

    private Optional<RuleAction> rate(YamlNode node, String where) {
        Set<String> keys = Set.of("requests", "per_seconds");
        Map<String, YamlNode> fields = values.fields(node, where, keys, keys);
        Optional<Integer> requests = values.number(fields, "requests", where, 1, MAX_REQUESTS);
        return values.number(fields, "per_seconds", where, 1, MAX_SECONDS)
                .flatMap(
                        seconds ->
                                requests.map(
                                        count ->
                                                new RuleAction.RateLimit(
                                                        count, Duration.ofSeconds(seconds))));
    }

    private BodyCheck body(YamlNode node, String where) {
        Map<String, YamlNode> fields =
                values.fields(node, where, Set.of(), Set.of("max_bytes", "content_types", "json"));
        if (node instanceof YamlNode.Mapping mapping && mapping.entries().isEmpty()) {
            values.problem(node, where + " is empty (expected: max_bytes, content_types or json)");
        }
        int maxBytes =
                values.number(fields, "max_bytes", where, 1, BodyCheck.MAX_BYTES)
                        .orElse(BodyCheck.DEFAULT_MAX_BYTES);
        List<JsonFieldCheck> checks = new ArrayList<>();
        List<YamlNode> items = values.items(fields, "json", where);
        for (int i = 0; i < items.size(); i++) {
            jsonField(items.get(i), where + ".json[" + i + "]").ifPresent(checks::add);
        }
        return new BodyCheck(maxBytes, contentTypes(fields, where), checks);
    }

    private Optional<JsonFieldCheck> jsonField(YamlNode node, String where) {
        Map<String, YamlNode> fields =
                values.fields(
                        node,
                        where,
                        Set.of("field"),
                        Set.of("field", "required", "one_of", "none_of"));
        Optional<JsonPath> path =
                Optional.ofNullable(fields.get("field"))
                        .flatMap(
                                value ->
                                        values.text(value, where + ".field")
                                                .flatMap(
                                                        text ->
                                                                values.value(
                                                                        value,
                                                                        where + ".field",
                                                                        text,
                                                                        JsonPath::parse)));
        boolean required = values.flag(fields, "required", where);
        List<TextGlob> oneOf = values.list(fields, "one_of", where, TextGlob::new);
        List<TextGlob> noneOf = values.list(fields, "none_of", where, TextGlob::new);
        boolean idle = !required && !fields.containsKey("one_of") && !fields.containsKey("none_of");
        if (fields.containsKey("field") && idle) {
            values.problem(
                    node,
                    where + " asks for nothing (expected: required: true, one_of or none_of)");
        }
        return path.map(known -> new JsonFieldCheck(known, required, oneOf, noneOf));
    }

    private RuleMatch match(Map<String, YamlNode> fields, String where) {
        return new RuleMatch(
                values.choices(fields, "methods", where, Method.class, METHODS),
                values.list(fields, "paths", where, PathGlob::parse),
                fieldMatches(fields, "query", where, PARAMETER, "a parameter's name"),
                fieldMatches(fields, "headers", where, FIELD, "a field's name"),
                contentTypes(fields, where));
    }

    private List<String> contentTypes(Map<String, YamlNode> fields, String where) {
        return values.list(
                fields,
                "content_types",
                where,
                matching(MEDIA_TYPE, "a media type in lower case, such as text/plain or text/*"));
    }

    private static Function<String, String> matching(Pattern pattern, String expected) {
        return text -> {
            if (!pattern.matcher(text).matches()) {
                throw new IllegalArgumentException("expected: " + expected);
            }
            return text;
        };
    }

    private List<FieldMatch> fieldMatches(
            Map<String, YamlNode> fields,
            String key,
            String where,
            Pattern names,
            String expected) {
        YamlNode node = fields.get(key);
        List<FieldMatch> matches = new ArrayList<>();
        if (node == null) {
            return matches;
        }
        String at = where + "." + key;
        if (!(node instanceof YamlNode.Mapping mapping) || mapping.entries().isEmpty()) {
            values.problem(node, at + " is " + node.kind() + " (expected: names with values)");
            return matches;
        }
        for (YamlNode.Entry entry : mapping.entries()) {
            YamlNode.Scalar name = entry.key();
            Optional<String> known = values.word(name, at, name.text(), names, expected);
            String one = at + "." + name.text();
            Optional<TextGlob> value =
                    values.text(entry.value(), one)
                            .flatMap(text -> values.value(entry.value(), one, text, TextGlob::new));
            known.ifPresent(
                    text -> value.ifPresent(glob -> matches.add(new FieldMatch(text, glob))));
        }
        return matches;
    }
}
