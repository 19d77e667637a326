package dev.unifiedproxy.config;

import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.policy.AllowRule;
import dev.unifiedproxy.policy.Allowlist;
import dev.unifiedproxy.policy.BlockedPaths;
import dev.unifiedproxy.policy.EndpointRule;
import dev.unifiedproxy.policy.PathGlob;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the YAML form of an allowlist: {@code version}, {@code domains}, {@code http_endpoints}
 * with {@code host, methods, paths}, and {@code blocked_paths} with {@code host, patterns}.
 */
public final class AllowlistYamlParser {
    private static final String IDLE_TIMEOUT = "idle_timeout_seconds";
    private static final int MAX_IDLE_SECONDS = 86_400;

    /** What a file must contain. */
    public enum Form {
        /** {@code version}, {@code domains} and {@code http_endpoints}. */
        BASE,
        /** {@code version}; it adds to a base. */
        EXTRA
    }

    private static final Set<Method> METHODS = EnumSet.complementOf(EnumSet.of(Method.CONNECT));
    private static final String METHOD_NAMES =
            METHODS.stream().map(Method::name).collect(Collectors.joining(", "));

    private final YamlShape shape;
    private final String name;

    private AllowlistYamlParser(String file, Problems problems) {
        this.shape = new YamlShape(file, problems);
        this.name = file.substring(file.lastIndexOf('/') + 1);
    }

    /**
     * Reads a file's content, at most 1 MiB.
     *
     * @param file the path, for problems; rules carry its last part only, which sandboxes may see
     * @throws ConfigurationException with all that is wrong
     */
    public static Allowlist parse(String file, byte[] content, Form form) {
        Problems problems = new Problems();
        Optional<YamlNode> root = YamlDocument.read(file, content, problems);
        if (root.isEmpty()) {
            problems.add(Problem.ofFile(file, "is empty (expected: a mapping with 'version')"));
        }
        Allowlist allowlist =
                root.map(node -> new AllowlistYamlParser(file, problems).allowlist(node, form))
                        .orElse(Allowlist.EMPTY);
        problems.throwIfAny();
        return allowlist;
    }

    private Allowlist allowlist(YamlNode root, Form form) {
        Map<String, YamlNode> fields =
                shape.fields(
                        root,
                        "the file",
                        form == Form.BASE
                                ? Set.of("version", "domains", "http_endpoints")
                                : Set.of("version"),
                        Set.of("version", "domains", "http_endpoints", "blocked_paths"));
        Optional.ofNullable(fields.get("version"))
                .ifPresent(version -> shape.text(version, "version"));
        List<AllowRule> rules = new ArrayList<>();
        for (YamlNode item : shape.items(fields, "domains", "domains")) {
            shape.text(item, "domains").flatMap(text -> domain(item, text)).ifPresent(rules::add);
        }
        List<EndpointRule> endpoints = new ArrayList<>();
        Map<HostPattern, Integer> lines = new HashMap<>();
        for (YamlNode item : shape.items(fields, "http_endpoints", "http_endpoints")) {
            endpoint(item, lines).ifPresent(endpoints::add);
        }
        List<BlockedPaths> blocked = new ArrayList<>();
        for (YamlNode item : shape.items(fields, "blocked_paths", "blocked_paths")) {
            blocked(item).ifPresent(blocked::add);
        }
        return new Allowlist(rules, endpoints, blocked);
    }

    private Optional<AllowRule> domain(YamlNode item, String text) {
        String bare = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        try {
            return Optional.of(HostRuleSyntax.parse(bare, place(item), "generic"));
        } catch (IllegalArgumentException e) {
            shape.problem(item, "domains: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<EndpointRule> endpoint(YamlNode item, Map<HostPattern, Integer> lines) {
        Map<String, YamlNode> fields =
                shape.fields(
                        item,
                        "http_endpoints",
                        Set.of("host", "methods", "paths"),
                        Set.of("host", "methods", "paths", IDLE_TIMEOUT));
        Optional<HostPattern> host = host(fields, "http_endpoints");
        Set<Method> methods = EnumSet.noneOf(Method.class);
        for (YamlNode method : shape.items(fields, "methods", "http_endpoints: methods")) {
            shape.text(method, "http_endpoints: methods")
                    .flatMap(text -> method(method, text))
                    .ifPresent(methods::add);
        }
        List<PathGlob> paths = globs(fields, "paths", "http_endpoints: paths");
        Optional<Duration> idleTimeout = idleTimeout(fields);
        if (host.isEmpty() || methods.isEmpty() || paths.isEmpty()) {
            return Optional.empty();
        }
        Integer before = lines.putIfAbsent(host.get(), item.line());
        if (before != null) {
            shape.problem(
                    item,
                    "http_endpoints: host '"
                            + host.get().text()
                            + "' has an entry already, on line "
                            + before
                            + " (expected: one entry with all methods and paths)");
        }
        return Optional.of(new EndpointRule(host.get(), methods, paths, idleTimeout, place(item)));
    }

    private Optional<Duration> idleTimeout(Map<String, YamlNode> fields) {
        Optional<YamlNode> node = Optional.ofNullable(fields.get(IDLE_TIMEOUT));
        Optional<String> text =
                node.flatMap(value -> shape.text(value, "http_endpoints: " + IDLE_TIMEOUT));
        if (text.isEmpty()) {
            return Optional.empty();
        }
        boolean digits = text.get().chars().allMatch(c -> c >= '0' && c <= '9');
        int seconds = digits && text.get().length() <= 5 ? Integer.parseInt(text.get()) : 0;
        if (seconds < 1 || seconds > MAX_IDLE_SECONDS) {
            shape.problem(
                    node.get(),
                    "http_endpoints: "
                            + IDLE_TIMEOUT
                            + ": "
                            + Problem.quoted(text.get())
                            + " (expected: a number of seconds from 1 to "
                            + MAX_IDLE_SECONDS
                            + ")");
            return Optional.empty();
        }
        return Optional.of(Duration.ofSeconds(seconds));
    }

    private Optional<BlockedPaths> blocked(YamlNode item) {
        Set<String> keys = Set.of("host", "patterns");
        Map<String, YamlNode> fields = shape.fields(item, "blocked_paths", keys, keys);
        Optional<HostPattern> host = host(fields, "blocked_paths");
        List<PathGlob> paths = globs(fields, "patterns", "blocked_paths: patterns");
        return host.map(pattern -> new BlockedPaths(pattern, paths, place(item)));
    }

    private Optional<HostPattern> host(Map<String, YamlNode> fields, String where) {
        return Optional.ofNullable(fields.get("host"))
                .flatMap(
                        node ->
                                shape.text(node, where + ": host")
                                        .flatMap(t -> host(node, where, t)));
    }

    private Optional<HostPattern> host(YamlNode node, String where, String text) {
        try {
            return Optional.of(HostRuleSyntax.parseHost(text));
        } catch (IllegalArgumentException e) {
            shape.problem(node, where + ": host: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Method> method(YamlNode node, String text) {
        Optional<Method> method =
                Method.of(text.toUpperCase(Locale.ROOT)).filter(METHODS::contains);
        if (method.isEmpty()) {
            shape.problem(
                    node,
                    "http_endpoints: methods: "
                            + Problem.quoted(text)
                            + " (expected: one of "
                            + METHOD_NAMES
                            + ")");
        }
        return method;
    }

    private List<PathGlob> globs(Map<String, YamlNode> fields, String key, String where) {
        List<PathGlob> globs = new ArrayList<>();
        for (YamlNode item : shape.items(fields, key, where)) {
            shape.text(item, where).flatMap(text -> glob(item, where, text)).ifPresent(globs::add);
        }
        return globs;
    }

    private Optional<PathGlob> glob(YamlNode item, String where, String text) {
        try {
            return Optional.of(PathGlob.parse(text));
        } catch (IllegalArgumentException e) {
            shape.problem(item, where + ": " + Problem.quoted(text) + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private String place(YamlNode node) {
        return name + ":" + node.line();
    }
}
