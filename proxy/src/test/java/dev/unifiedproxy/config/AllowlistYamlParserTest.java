package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.policy.AllowRule;
import dev.unifiedproxy.policy.Allowlist;
import dev.unifiedproxy.policy.BlockedPaths;
import dev.unifiedproxy.policy.EndpointRule;
import dev.unifiedproxy.policy.PathGlob;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Set;

class AllowlistYamlParserTest {
    private static final String BASE =
            """
            version: "1"
            domains:
              - github.com
              - "*.github.com"
              - trailing.example/
            http_endpoints:
              - host: api.github.com
                methods: [get, POST]
                paths:
                  - /repos/*/*
                  - /user
            blocked_paths:
              - host: api.github.com
                patterns: ["/repos/*/*/hooks"]
            """;

    private static Allowlist parse(String content, AllowlistYamlParser.Form form) {
        return AllowlistYamlParser.parse(
                "/etc/proxy/allowlist.yaml", content.getBytes(StandardCharsets.UTF_8), form);
    }

    private static String problems(String content, AllowlistYamlParser.Form form) {
        ConfigurationException exception =
                catchThrowableOfType(ConfigurationException.class, () -> parse(content, form));
        assertThat(exception).as(content).isNotNull();
        assertThat(exception.getMessage().lines())
                .allMatch(line -> line.startsWith("/etc/proxy/allowlist.yaml:"));
        return exception.getMessage();
    }

    @Test
    void readsEverySection() {
        Allowlist allowlist = parse(BASE, AllowlistYamlParser.Form.BASE);

        assertThat(allowlist.rules())
                .extracting(AllowRule::text)
                .containsExactly("github.com", "*.github.com", "trailing.example");
        assertThat(allowlist.rules().getFirst().place()).isEqualTo("allowlist.yaml:3");
        EndpointRule endpoint = allowlist.endpoints().getFirst();
        assertThat(endpoint.host().text()).isEqualTo("api.github.com");
        assertThat(endpoint.methods()).isEqualTo(Set.of(Method.GET, Method.POST));
        assertThat(endpoint.paths())
                .extracting(PathGlob::text)
                .containsExactly("/repos/*/*", "/user");
        assertThat(endpoint.place()).isEqualTo("allowlist.yaml:7");
        BlockedPaths blocked = allowlist.blocked().getFirst();
        assertThat(blocked.paths()).extracting(PathGlob::text).containsExactly("/repos/*/*/hooks");
        assertThat(blocked.place()).isEqualTo("allowlist.yaml:13");
    }

    @Test
    void extraNeedsTheVersionOnly() {
        assertThat(parse("version: 1", AllowlistYamlParser.Form.EXTRA)).isEqualTo(Allowlist.EMPTY);
        assertThat(parse("{version: 1, domains: [a.example]}", AllowlistYamlParser.Form.EXTRA))
                .extracting(Allowlist::rules)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .hasSize(1);
        assertThat(problems("domains: [a.example]", AllowlistYamlParser.Form.EXTRA))
                .isEqualTo(
                        "/etc/proxy/allowlist.yaml:1:1: the file has no 'version' (expected: one)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "version: 1 | 1:1: the file has no 'domains'",
                "version: 1 | 1:1: the file has no 'http_endpoints'",
                "{version: '', domains: [a.example]} | 1:11: version: an entry is empty",
                "{version: ~, domains: [a.example]} | 1:11: version: an entry is empty",
                "{version: [1]} | 1:11: version: an entry is a list",
                "{domains: []} | 1:11: domains is an empty list",
                "{domains: } | 1:10: domains is nothing (expected: a list)",
                "{domains: a.example} | 1:11: domains is a single value (expected: a list)",
                "{domains: ['']} | 1:12: domains: an entry is empty",
                "{domains: [{a: b}]} | 1:12: domains: an entry is a mapping",
                "{domains: ['https://x.example']} | such as 'x.example'",
                "{domains: [a/b]} | 1:12: domains: 'a/b' is not a host",
                "{domains: ['a.*.com']} | 'a.*.com'",
                "{domains: ['*.*.com']} | domains: ",
                "{domain: [a]} | 1:2: the file has an unknown key 'domain' (did you mean"
                        + " 'domains'?)",
                "{xyz: 1} | an unknown key 'xyz' (expected: blocked_paths, domains,",
                "{http_endpoints: [{methods: [GET], paths: [/x]}]} | 1:19: http_endpoints has no"
                        + " 'host'",
                "{http_endpoints: [{host: a.b, methods: [], paths: [/x]}]} | methods is an empty"
                        + " list",
                "{http_endpoints: [{host: a.b, methods: [GET], paths: []}]} | paths is an empty"
                        + " list",
                "{http_endpoints: [{host: a.b, methods: [GET]}]} | has no 'paths'",
                "{http_endpoints: [{host: a.b, path: [/x]}]} | did you mean 'paths'?",
                "{http_endpoints: [{host: a.b, methods: [FETCH], paths: [/x]}]} | 1:41:"
                        + " http_endpoints: methods: 'FETCH' (expected: one of GET, HEAD, POST,"
                        + " PUT, DELETE, PATCH, OPTIONS)",
                "{http_endpoints: [{host: a.b, methods: [CONNECT], paths: [/x]}]} | 'CONNECT'",
                "{http_endpoints: [{host: 'a.b:1', methods: [GET], paths: [/x]}]} | without '!'"
                        + " and port",
                "{http_endpoints: [{host: a.b, methods: [GET], paths: [x]}]} | paths: 'x': The"
                        + " path does not start with '/'",
                "{http_endpoints: [{host: a.b, methods: [GET], paths: [/a//b]}]} | '/a//b'",
                "{http_endpoints: [{host: a.example, idle_timeout_seconds: 0}]} |"
                        + " http_endpoints: idle_timeout_seconds: '0' (expected: a number of"
                        + " seconds from 1 to 86400)",
                "{http_endpoints: [{host: a.example, idle_timeout_seconds: 86401}]} |"
                        + " idle_timeout_seconds: '86401' (expected: a number of seconds",
                "{http_endpoints: [{host: a.example, idle_timeout_seconds: 1h}]} |"
                        + " idle_timeout_seconds: '1h' (expected: a number of seconds",
                "{http_endpoints: [[a]]} | http_endpoints is a list (expected: a mapping)",
                "{http_endpoints: [{host: a.b, methods: [GET], paths: [/x]}, {host: A.B, methods:"
                        + " [PUT], paths: [/y]}]} | host 'a.b' has an entry already, on line 1",
                "{blocked_paths: [{patterns: [/x]}]} | blocked_paths has no 'host'",
                "{blocked_paths: [{host: a.b}]} | blocked_paths has no 'patterns'",
                "{blocked_paths: [{host: a.b, patterns: []}]} | patterns is an empty list",
                "{blocked_paths: [{host: a b, patterns: [/x]}]} | blocked_paths: host: ",
                "[a] | 1:1: the file is a list (expected: a mapping)",
                "text | 1:1: the file is a single value",
                "{version: 1, version: 2} | 1:14: key 'version' stands twice, first on line 1",
                "{version: &a 1} | 1:11: anchor &a (expected: no anchors and aliases)",
                "{version: *a} | 1:11: alias *a",
                "{version: !!str 1} | 1:11: a tag (expected: no tags",
                "{domains: !x [a]} | 1:11: a tag",
                "{domains: [!dns.google ]} | 1:12: a tag (expected: no tags; a text that starts"
                        + " with '!' needs quotes)",
                "{? [a] : 1} | a key is a list (expected: a single value)",
                "{[ | is not YAML: ",
                "a: b: c | is not YAML: ",
                "a: \"\\x | is not YAML: an escape sequence is not complete",
            })
    void refuses(String content, String message) {
        assertThat(problems(content, AllowlistYamlParser.Form.BASE)).contains(message);
    }

    @Test
    void reportsAllProblemsAtOnce() {
        assertThat(
                        problems(
                                        """
                                        version: 1
                                        domains: [a/b, 'c.*.d']
                                        http_endpoint: []
                                        """,
                                        AllowlistYamlParser.Form.BASE)
                                .lines())
                .hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "---\n...\n"})
    void refusesNothing(String content) {
        assertThat(problems(content, AllowlistYamlParser.Form.EXTRA))
                .containsAnyOf("is empty", "is nothing", "a single value");
    }

    @Test
    void refusesASecondDocument() {
        assertThat(problems("version: 1\n---\nversion: 2\n", AllowlistYamlParser.Form.EXTRA))
                .contains(":3:1: a second document begins (expected: one)");
    }

    @Test
    void refusesDepthAndSizeBombs() {
        assertThat(problems("[".repeat(100_000), AllowlistYamlParser.Form.EXTRA))
                .contains(":1:17: has more than 16 levels");
        assertThat(problems("#".repeat((1 << 20) + 1), AllowlistYamlParser.Form.EXTRA))
                .contains("has 1048577 bytes (expected: at most 1048576)");
        assertThat(
                        problems(
                                "a: &a [x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\nversion: 1",
                                AllowlistYamlParser.Form.EXTRA))
                .contains("anchor &a");
    }

    @Test
    void takesADenialInQuotes() {
        Allowlist allowlist =
                parse(
                        "{version: 1, domains: ['!dns.google', 'a.example:8443']}",
                        AllowlistYamlParser.Form.EXTRA);

        assertThat(allowlist.rules())
                .extracting(AllowRule::text)
                .containsExactly("!dns.google", "a.example:8443");
    }
}
