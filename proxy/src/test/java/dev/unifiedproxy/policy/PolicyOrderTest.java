package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.http.Method;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Random rule sets, judged by the engine and by a reference that goes through all rules one by one;
 * and every remedy that a denial names is a rule that allows.
 */
final class PolicyOrderTest {
    private static final String ID = "sandbox-1";
    private static final String[] PATTERNS = {
        "a.example", "b.a.example", "*.a.example", "*.b.a.example", "c.example", "192.0.2.1"
    };
    private static final String[] HOSTS = {
        "a.example",
        "b.a.example",
        "x.a.example",
        "z.b.a.example",
        "c.example",
        "d.example",
        "192.0.2.1",
        "192.0.2.2"
    };
    private static final String[] GLOBS = {"/**", "/v1/*", "/v1/**", "/v1/x", "/v2/x", "/"};
    private static final String[] PATHS = {"/", "/v1/x", "/v1/y", "/v1/x/y", "/v2/x", "/v2"};
    private static final Method[] METHODS = {Method.GET, Method.HEAD, Method.POST, Method.DELETE};
    private static final int[] PORTS = {443, 80, 8443};

    private record World(
            ScopeRules global,
            ScopeRules group,
            ScopeRules inFile,
            ScopeRules own,
            Set<String> lines) {
        Container container() {
            return Sandboxes.with(ID, Map.of("group", "g", "policy", own));
        }

        PolicyEngine engine() {
            return Policies.engine(
                    Rules.hosts(lines.toArray(String[]::new)),
                    new PolicyDocument(global, Map.of("g", group), Map.of(ID, inFile)));
        }

        List<PolicyRule> inOrder() {
            List<PolicyRule> all = new ArrayList<>();
            Comparator<PolicyRule> high = Comparator.comparingInt(rule -> -rule.priority());
            Stream.concat(inFile.rules().stream(), own.rules().stream())
                    .sorted(high)
                    .forEach(all::add);
            group.rules().stream().sorted(high).forEach(all::add);
            global.rules().stream().sorted(high).forEach(all::add);
            return all;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {101, 102, 103, 104, 105, 106, 107, 108, 109, 110})
    void decidesAsTheReferenceDoes(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            World world = world(random);
            PolicyEngine engine = world.engine();
            for (int i = 0; i < 5; i++) {
                String host = pick(random, HOSTS) + ":" + PORTS[random.nextInt(PORTS.length)];
                Authority authority = Authority.parse(host, 443);
                Method method = METHODS[random.nextInt(METHODS.length)];
                String path = pick(random, PATHS);
                Authorization judged =
                        engine.authorize(Policies.request(world.container(), method, host, path));
                String what = "seed " + seed + ": " + method + " " + host + path + " " + world;

                assertThat(text(judged))
                        .as(what)
                        .isEqualTo(expected(world, authority, method, path));
                assertThat(text(engine.decide(authority, world.container())))
                        .as(what)
                        .isEqualTo(expectedConnect(world, authority));
                if (judged instanceof Authorization.Denied(Decision.Deny denial)) {
                    assertThat(
                                    text(
                                            remedied(world, denial)
                                                    .engine()
                                                    .authorize(
                                                            Policies.request(
                                                                    world.container(),
                                                                    method,
                                                                    host,
                                                                    path))))
                            .as(what + denial)
                            .startsWith("allow");
                }
            }
        }
    }

    // ---- the engine's answer ----

    private static String text(Authorization authorization) {
        return switch (authorization) {
            case Authorization.Authorized(AuthorizedRequest request) ->
                    "allow "
                            + name(request.decision().rule())
                            + " "
                            + request.rateLimits().stream()
                                    .map(limit -> name(limit.rule()))
                                    .toList();
            case Authorization.Denied(Decision.Deny denial) -> text(denial);
            case Authorization.NeedsBody needsBody -> "body";
        };
    }

    private static String text(Decision decision) {
        return switch (decision) {
            case Decision.Allow allow -> "allow " + name(allow.rule());
            case Decision.Deny denial -> {
                String rule = denial.refusal().rule();
                yield denial.type().equals("blocklist") ? "deny " + name(rule) : "deny";
            }
        };
    }

    /** The name of a rule, and {@code line} for one of an allowlist. */
    private static String name(String reference) {
        return reference.startsWith("policy.yaml") ? reference.split(" ", -1)[1] : "line";
    }

    // ---- the reference ----

    private static String expected(World world, Authority authority, Method method, String path) {
        List<PolicyRule> matching =
                world.inOrder().stream()
                        .filter(rule -> place(rule, authority))
                        .filter(rule -> request(rule, method, path))
                        .toList();
        List<String> limits =
                matching.stream()
                        .filter(rule -> rule.action() instanceof RuleAction.RateLimit)
                        .map(PolicyRule::name)
                        .toList();
        for (PolicyRule rule : matching) {
            if (rule.action() instanceof RuleAction.Allow) {
                return "allow " + rule.name() + " " + limits;
            }
            if (rule.action() instanceof RuleAction.Deny) {
                return "deny " + rule.name();
            }
        }
        return line(world, authority) ? "allow line " + limits : "deny";
    }

    private static String expectedConnect(World world, Authority authority) {
        for (PolicyRule rule : world.inOrder()) {
            if (place(rule, authority) && rule.action() instanceof RuleAction.Allow) {
                return "allow " + rule.name();
            }
            boolean always = rule.match().methods().isEmpty() && rule.match().paths().isEmpty();
            if (place(rule, authority) && always && rule.action() instanceof RuleAction.Deny) {
                return "deny " + rule.name();
            }
        }
        return line(world, authority) ? "allow line" : "deny";
    }

    private static boolean line(World world, Authority authority) {
        return world.lines().contains(authority.host().text()) && authority.port() != 8443;
    }

    private static boolean place(PolicyRule rule, Authority authority) {
        if (rule.hosts().isEmpty()) {
            return true;
        }
        boolean allows = rule.action() instanceof RuleAction.Allow;
        for (HostTarget target : rule.hosts()) {
            boolean port =
                    target.ports().contains(authority.port())
                            || (target.ports().isEmpty() && (!allows || authority.port() != 8443));
            if (port && target.pattern().matches(authority.host())) {
                return true;
            }
        }
        return false;
    }

    private static boolean request(PolicyRule rule, Method method, String path) {
        RuleMatch match = rule.match();
        boolean methods =
                match.methods().isEmpty()
                        || match.methods().contains(method)
                        || (method == Method.HEAD && match.methods().contains(Method.GET));
        return methods
                && (match.paths().isEmpty()
                        || match.paths().stream()
                                .anyMatch(glob -> glob.matches(path, path.length())));
    }

    // ---- remedies ----

    private static final Pattern REMEDY =
            Pattern.compile(
                    "(?:use the host's name, or )?add to policy.yaml ([a-z0-9.-]+)"
                            + "(?:, before '([^']+)')?: (- .+)");

    /** The world with what the denial says to add; for an allowlist, with the line. */
    private static World remedied(World world, Decision.Deny denial) {
        String remedy = denial.refusal().remedy();
        if (remedy.startsWith("add the line \"")) {
            String line = remedy.substring(14, remedy.indexOf('"', 14)).replace(':', '@');
            Set<String> lines = new HashSet<>(world.lines());
            lines.add(line);
            return new World(world.global(), world.group(), world.inFile(), world.own(), lines);
        }
        Matcher matcher = REMEDY.matcher(remedy);
        assertThat(matcher.matches()).as(remedy).isTrue();
        PolicyRule rule = rule(matcher.group(3));
        Optional<String> before = Optional.ofNullable(matcher.group(2));
        return switch (matcher.group(1)) {
            case "rules" ->
                    new World(
                            plus(world.global(), rule, before),
                            world.group(),
                            world.inFile(),
                            world.own(),
                            world.lines());
            case "groups.g.rules" ->
                    new World(
                            world.global(),
                            plus(world.group(), rule, before),
                            world.inFile(),
                            world.own(),
                            world.lines());
            case "containers.sandbox-1.rules" ->
                    new World(
                            world.global(),
                            world.group(),
                            plus(world.inFile(), rule, before),
                            world.own(),
                            world.lines());
            default -> throw new AssertionError(remedy);
        };
    }

    private static ScopeRules plus(ScopeRules scope, PolicyRule rule, Optional<String> before) {
        List<PolicyRule> rules = new ArrayList<>(scope.rules());
        assertThat(rules).extracting(PolicyRule::name).doesNotContain(rule.name());
        int at = rules.size();
        for (int i = 0; i < rules.size(); i++) {
            at = before.isPresent() && before.get().equals(rules.get(i).name()) ? i : at;
        }
        rules.add(at, rule);
        return new ScopeRules(scope.mode(), rules);
    }

    private static PolicyRule rule(String yaml) {
        Object read = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        Map<?, ?> fields = (Map<?, ?>) ((List<?>) read).getFirst();
        String host = texts(fields, "hosts").getFirst().replace(':', '@');
        Policies.Rule rule = Policies.allow(String.valueOf(fields.get("name")), host);
        texts(fields, "methods").forEach(method -> rule.methods(Method.valueOf(method)));
        texts(fields, "paths").forEach(rule::paths);
        return fields.containsKey("priority")
                ? rule.priority((Integer) fields.get("priority")).build()
                : rule.build();
    }

    private static List<String> texts(Map<?, ?> fields, String name) {
        return fields.get(name) instanceof List<?> list
                ? list.stream().map(String.class::cast).toList()
                : List.of();
    }

    // ---- random rules ----

    private static World world(Random random) {
        Set<String> lines = random.nextInt(3) == 0 ? Set.of("a.example", "c.example") : Set.of();
        return new World(
                scope(random, "global"),
                scope(random, "group"),
                scope(random, "file"),
                scope(random, "own"),
                lines);
    }

    private static ScopeRules scope(Random random, String prefix) {
        Policies.Rule[] rules = new Policies.Rule[random.nextInt(4)];
        for (int i = 0; i < rules.length; i++) {
            rules[i] = rule(random, prefix + i);
        }
        return Policies.scope(rules);
    }

    private static Policies.Rule rule(Random random, String name) {
        RuleAction action =
                switch (random.nextInt(5)) {
                    case 0, 1 -> Policies.ALLOW;
                    case 2, 3 -> Policies.DENY;
                    default -> new RuleAction.RateLimit(5, Duration.ofSeconds(1));
                };
        int least = action instanceof RuleAction.Allow ? 1 : 0;
        String[] hosts = new String[least + random.nextInt(3)];
        for (int i = 0; i < hosts.length; i++) {
            hosts[i] = pick(random, PATTERNS) + (random.nextInt(4) == 0 ? "@8443" : "");
        }
        Policies.Rule rule = new Policies.Rule(name, action, hosts);
        if (random.nextBoolean()) {
            rule.methods(METHODS[random.nextInt(METHODS.length)]);
        }
        if (random.nextInt(3) == 0) {
            rule.paths(pick(random, GLOBS));
        }
        return rule.priority(new int[] {50, 50, 60, 100, 0}[random.nextInt(5)]);
    }

    private static String pick(Random random, String[] from) {
        return from[random.nextInt(from.length)];
    }
}
