package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.json.JsonPath;
import dev.unifiedproxy.policy.BodyCheck;
import dev.unifiedproxy.policy.FieldMatch;
import dev.unifiedproxy.policy.HostTarget;
import dev.unifiedproxy.policy.JsonFieldCheck;
import dev.unifiedproxy.policy.Mode;
import dev.unifiedproxy.policy.PathGlob;
import dev.unifiedproxy.policy.PolicyDocument;
import dev.unifiedproxy.policy.PolicyRule;
import dev.unifiedproxy.policy.RuleAction;
import dev.unifiedproxy.policy.RuleMatch;
import dev.unifiedproxy.policy.ScopeRules;
import dev.unifiedproxy.policy.TextGlob;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@link PolicyYamlParser}, with what it is made of: {@link ScopeParser}, {@link RuleParser},
 * {@link RuleValues}.
 */
class PolicyYamlParserTest {
    private static PolicyDocument parse(String text) {
        return PolicyYamlParser.parse(
                "/etc/proxy/policy.yaml", text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> problems(String text) {
        try {
            throw new AssertionError("read: " + parse(text));
        } catch (ConfigurationException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }

    @Test
    void everyKeyIsRead() {
        PolicyDocument document =
                parse(
                        """
                        version: 1
                        mode: observe
                        rules:
                          - name: api
                            action: allow
                            priority: 70
                            hosts: ["*.example.com:8443,443", 10.1.2.3]
                            methods: [GET, POST]
                            paths: [/v1/**]
                            query: {kind: "a*"}
                            headers: {X-Team: blue}
                            content_types: [application/json, text/*]
                            idle_timeout_seconds: 60
                        groups:
                          team:
                            mode: enforce
                            rules:
                              - {name: no, action: deny, reason: Not for this team}
                        containers:
                          sandbox-1:
                            rules:
                              - name: slow
                                action: rate_limit
                                hosts: [api.example.com]
                                rate: {requests: 5, per_seconds: 60}
                              - name: models
                                action: inspect
                                hosts: [api.example.com]
                                body:
                                  max_bytes: 1000
                                  content_types: [application/json]
                                  json:
                                    - {field: /model, required: true, one_of: [a-*], none_of: [a-x]}
                        """);

        assertThat(document.global().mode()).contains(Mode.OBSERVE);
        assertThat(document.global().rules())
                .containsExactly(
                        new PolicyRule(
                                "api",
                                new RuleAction.Allow(Optional.of(Duration.ofSeconds(60))),
                                70,
                                List.of(
                                        new HostTarget(
                                                HostPattern.parse("*.example.com"),
                                                Set.of(443, 8443)),
                                        new HostTarget(HostPattern.parse("10.1.2.3"), Set.of())),
                                new RuleMatch(
                                        Set.of(Method.GET, Method.POST),
                                        List.of(PathGlob.parse("/v1/**")),
                                        List.of(new FieldMatch("kind", new TextGlob("a*"))),
                                        List.of(new FieldMatch("X-Team", new TextGlob("blue"))),
                                        List.of("application/json", "text/*")),
                                "policy.yaml:4"));
        ScopeRules team = document.groups().getOrDefault("team", ScopeRules.EMPTY);
        ScopeRules sandbox = document.containers().getOrDefault("sandbox-1", ScopeRules.EMPTY);
        assertThat(team.mode()).contains(Mode.ENFORCE);
        assertThat(team.rules().getFirst())
                .isEqualTo(
                        new PolicyRule(
                                "no",
                                new RuleAction.Deny("Not for this team"),
                                50,
                                List.of(),
                                RuleMatch.ANY,
                                "policy.yaml:18"));
        assertThat(sandbox.rules())
                .extracting(PolicyRule::action)
                .containsExactly(
                        new RuleAction.RateLimit(5, Duration.ofMinutes(1)),
                        new RuleAction.Inspect(
                                new BodyCheck(
                                        1000,
                                        List.of("application/json"),
                                        List.of(
                                                new JsonFieldCheck(
                                                        JsonPath.parse("/model"),
                                                        true,
                                                        List.of(new TextGlob("a-*")),
                                                        List.of(new TextGlob("a-x")))))));
    }

    @Test
    void theVersionAloneSaysNothing() {
        assertThat(parse("version: 1")).isEqualTo(PolicyDocument.EMPTY);
    }

    @Test
    void allProblemsAreReportedAtOnce() {
        assertThat(
                        problems(
                                """
                                version: 2
                                mod: observe
                                rules:
                                  - name: Api
                                    action: alow
                                    priorty: 5
                                    hosts: ["https://x.example/"]
                                    methods: [FETCH, get]
                                  - name: b
                                    action: allow
                                """))
                .containsExactly(
                        "/etc/proxy/policy.yaml:2:1: the file has an unknown key 'mod' (did you"
                                + " mean 'mode'?)",
                        "/etc/proxy/policy.yaml:1:10: version: '2' (expected: one of 1)",
                        "/etc/proxy/policy.yaml:6:5: rules[0] has an unknown key 'priorty' (did you"
                                + " mean 'priority'?)",
                        "/etc/proxy/policy.yaml:4:11: rules[0].name: 'Api' (expected: 1 to 64 of"
                                + " a-z, 0-9, '.', '_' and '-')",
                        "/etc/proxy/policy.yaml:5:13: rules[0].action: 'alow' (expected: one of"
                                + " allow, deny, inspect, rate_limit; did you mean 'allow'?)",
                        "/etc/proxy/policy.yaml:7:13: rules[0].hosts[0]: 'https://x.example/' is"
                                + " not a host (expected: a host without scheme and path, such as"
                                + " 'x.example')",
                        "/etc/proxy/policy.yaml:8:15: rules[0].methods[0]: 'FETCH' (expected: one"
                                + " of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT)",
                        "/etc/proxy/policy.yaml:8:22: rules[0].methods[1]: 'get' (expected: one of"
                                + " DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT; did you mean"
                                + " 'GET'?)",
                        "/etc/proxy/policy.yaml:9:5: rules[1] has no 'hosts' (expected: at least"
                                + " one, an allow rule is not for every host)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {name: a, action: deny, hosts: ["!x.example"]}              | is not a host (expected: a host without '!'
                    {name: a, action: deny, hosts: ["x.example:443,"]}          | a port from 1 to 65535
                    {name: a, action: deny, hosts: []}                          | is an empty list
                    {name: a, action: deny, paths: [x]}                         | rules[0].paths[0]: 'x':
                    {name: a, action: deny, paths: [/a***]}                     | has '***'
                    {name: a, action: deny, priority: 101}                      | '101' (expected: a number from 0 to 100)
                    {name: a, action: deny, priority: 1.5}                      | '1.5' (expected: a number
                    {name: a, action: deny, priority: 9999999999}               | (expected: a number
                    {name: a, action: deny, query: {}}                          | (expected: names with values)
                    {name: a, action: deny, query: [x]}                         | is a list (expected: names with values)
                    {name: a, action: deny, headers: {"x y": a}}                | 'x y' (expected: a field's name)
                    {name: a, action: deny, headers: {x: [a]}}                  | rules[0].headers.x: an entry is a list
                    {name: a, action: deny, content_types: [JSON]}              | 'JSON': expected: a media type
                    {name: a, action: deny, rate: {requests: 1, per_seconds: 1}}| rules[0].rate: is for 'action: rate_limit' only
                    {name: a, action: deny, idle_timeout_seconds: 1}            | is for 'action: allow' only
                    {name: a, action: deny, reason: "a\\nb"}                    | one line of at most 200 characters
                    {name: a, action: rate_limit}                               | has no 'rate' (expected: one, for rate_limit)
                    {name: a, action: rate_limit, rate: {requests: 0, per_seconds: 1}} | '0' (expected: a number from 1
                    {name: a, action: rate_limit, rate: {requests: 1, per_second: 1}} | did you mean 'per_seconds'?
                    {name: a, action: inspect}                                  | has no 'body'
                    {name: a, action: inspect, body: {}}                        | body is empty
                    {name: a, action: inspect, body: {max_bytes: 9000000}}      | a number from 1 to 8388608
                    {name: a, action: inspect, body: {json: [{field: model, required: true}]}} | 'model': expected: a path
                    {name: a, action: inspect, body: {json: [{field: /model}]}} | asks for nothing
                    {name: a, action: inspect, body: {json: [{field: /m, required: yes}]}} | 'yes' (expected: one of false, true)
                    {name: a, action: inspect, body: {json: [{required: true}]}} | has no 'field'
                    {action: deny}                                              | has no 'name'
                    x                                                           | rules[0] is a single value (expected: a mapping)
                    """)
    void whatARuleMayNotSay(String rule, String expected) {
        assertThat(problems("version: 1\nrules:\n  - " + rule + "\n"))
                .anySatisfy(
                        problem ->
                                assertThat(problem)
                                        .startsWith("/etc/proxy/policy.yaml:3:")
                                        .contains(expected));
    }

    @Test
    void aNameIsUniqueInItsScopeOnly() {
        String rule = "{name: a, action: deny}";
        assertThat(
                        parse(
                                "{version: 1, rules: ["
                                        + rule
                                        + "], groups: {g: {rules: ["
                                        + rule
                                        + "]}}}"))
                .isNotNull();
        assertThat(problems("{version: 1, groups: {g: {rules: [" + rule + ", " + rule + "]}}}"))
                .containsExactly(
                        "/etc/proxy/policy.yaml:1:60: groups.g.rules[1].name: 'a' is the name of"
                                + " groups.g.rules[0] already (expected: another one)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''                                   | is empty
                    rules: []                            | the file has no 'version'
                    {version: 1, groups: x}              | groups is a single value
                    {version: 1, groups: {"a b": {}}}    | groups: 'a b' (expected: 1 to 128
                    {version: 1, containers: {a: {x: 1}}} | containers.a has an unknown key 'x'
                    {version: 1, mode: watch}            | mode: 'watch' (expected: one of enforce, observe)
                    {version: 1, rules: {a: 1}}          | rules is a mapping (expected: a list)
                    """)
    void whatAFileMayNotSay(String text, String expected) {
        assertThat(problems(text)).anySatisfy(line -> assertThat(line).contains(expected));
    }

    @Test
    void aFileMayBeLargerThanAnAllowlist() {
        StringBuilder text = new StringBuilder("version: 1\nrules:\n");
        for (int i = 0; text.length() < 2 << 20; i++) {
            text.append("  - {name: r").append(i).append(", action: deny, hosts: [h.example]}\n");
        }
        assertThat(parse(text.toString()).global().rules()).hasSizeGreaterThan(10_000);
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(
                        () -> PolicyYamlParser.parse("f", new byte[PolicyYamlParser.MAX_BYTES + 1]))
                .withMessageContaining("expected: at most 33554432");
    }
}
