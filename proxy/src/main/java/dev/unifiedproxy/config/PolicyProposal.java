package dev.unifiedproxy.config;

import dev.unifiedproxy.policy.PathGlob;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Rules that allow what was seen, as a change of {@code policy.yaml}. They have the lowest
 * priority, so that they open nothing that another rule denies.
 */
public final class PolicyProposal {
    /**
     * One kind of request that no rule allowed.
     *
     * @param host the canonical host, an IPv6 address in brackets
     * @param port the port
     * @param method the method
     * @param path the normalised path
     */
    public record Seen(String host, int port, String method, String path) {}

    private static final Set<Integer> USUAL_PORTS = Set.of(80, 443);

    private final String file;
    private final Optional<String> today;
    private final Optional<String> containerId;

    /**
     * Proposes changes of a file.
     *
     * @param file its name, for the difference
     * @param today what it says; empty when there is none
     * @param containerId whose rules are added to; empty for everybody's
     */
    public PolicyProposal(String file, Optional<String> today, Optional<String> containerId) {
        this.file = file;
        this.today = today;
        this.containerId = containerId;
    }

    /**
     * The change, as a unified difference. A path that is none, because its record was cut, is left
     * out.
     *
     * @return empty when nothing was seen
     * @throws ConfigurationException when the file is wrong as it is, or has its rules in a form to
     *     which no line can be added
     */
    public Optional<String> difference(Collection<Seen> all) {
        List<Seen> seen = all.stream().filter(each -> isPattern(each.path())).toList();
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        String before = today.orElse("");
        today.ifPresent(text -> PolicyYamlParser.parse(file, bytes(text)));
        LineInsertion change = LineInsertion.into(file, before, where(), rules(seen, before));
        try {
            PolicyYamlParser.parse(file, bytes(change.after()));
        } catch (ConfigurationException e) {
            throw new ConfigurationException(
                    List.of(
                            Problem.ofFile(
                                    file,
                                    "no rule can be added (expected: rules in block style, one"
                                            + " '- ' a line)")));
        }
        return Optional.of(change.difference(today.isPresent()));
    }

    private static boolean isPattern(String path) {
        try {
            return PathGlob.parse(path).covers(path);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<String> where() {
        return containerId.map(id -> List.of("containers", id, "rules")).orElse(List.of("rules"));
    }

    private static List<String> rules(Collection<Seen> seen, String before) {
        Map<String, List<Seen>> byTarget = new TreeMap<>();
        for (Seen each : seen) {
            String target =
                    USUAL_PORTS.contains(each.port())
                            ? each.host()
                            : each.host() + ":" + each.port();
            byTarget.computeIfAbsent(target, t -> new ArrayList<>()).add(each);
        }
        List<String> rules = new ArrayList<>();
        byTarget.forEach(
                (target, requests) ->
                        byMethods(requests)
                                .forEach(
                                        (methods, paths) ->
                                                rules.add(
                                                        rule(
                                                                name(target, before, rules),
                                                                target,
                                                                methods,
                                                                paths))));
        return rules;
    }

    /** Patterns of paths, by the methods that were asked of them. */
    private static Map<String, List<String>> byMethods(List<Seen> requests) {
        Map<String, List<String>> found = new TreeMap<>();
        for (String template : PathTemplates.of(requests.stream().map(Seen::path).toList())) {
            PathGlob glob = PathGlob.parse(template);
            Set<String> methods = new TreeSet<>();
            for (Seen request : requests) {
                if (glob.covers(request.path())) {
                    methods.add(request.method());
                }
            }
            if (methods.contains("GET")) {
                methods.remove("HEAD"); // which GET includes
            }
            found.computeIfAbsent(String.join(", ", methods), m -> new ArrayList<>())
                    .add(quoted(template));
        }
        return found;
    }

    private static String name(String target, String before, List<String> rules) {
        String base = "learned-" + target.replaceAll("[^a-z0-9]+", "-");
        String cut = base.substring(0, Math.min(base.length(), 60));
        String name = cut;
        for (int i = 2; taken(name, before, rules); i++) {
            name = cut + "-" + i;
        }
        return name;
    }

    private static boolean taken(String name, String before, List<String> rules) {
        return before.contains(name)
                || rules.stream().anyMatch(r -> r.contains("name: " + name + ","));
    }

    private static String rule(String name, String target, String methods, List<String> paths) {
        return "- {name: "
                + name
                + ", action: allow, priority: 0, hosts: ["
                + quoted(target)
                + "], methods: ["
                + methods
                + "], paths: ["
                + String.join(", ", paths)
                + "]}";
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
