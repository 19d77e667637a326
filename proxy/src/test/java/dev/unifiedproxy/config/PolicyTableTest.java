package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class PolicyTableTest {
    private static List<PolicyTable.Row> parse(String text) {
        return PolicyTable.parse("t.yaml", text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyKeyIsRead() {
        assertThat(
                        parse(
                                """
                                - request: GET https://a.example/x
                                  expect: allow
                                - container: sandbox-1
                                  metadata: {allow_pr: true, repo: o/r, n: 7, l: [a], m: {b: false}}
                                  request: POST http://b.example/
                                  headers: {Content-Type: text/plain}
                                  body: '{"a": 1}'
                                  expect: deny
                                  code: policy.rule_denied
                                  rule: no-posts
                                """))
                .containsExactly(
                        new PolicyTable.Row(
                                "t.yaml:1",
                                "",
                                Map.of(),
                                new PolicyTable.Request(
                                        "GET", "https://a.example/x", List.of(), Optional.empty()),
                                new PolicyTable.Expected(true, Optional.empty(), Optional.empty())),
                        new PolicyTable.Row(
                                "t.yaml:3",
                                "sandbox-1",
                                Map.of(
                                        "allow_pr",
                                        true,
                                        "repo",
                                        "o/r",
                                        "n",
                                        7L,
                                        "l",
                                        List.of("a"),
                                        "m",
                                        Map.of("b", false)),
                                new PolicyTable.Request(
                                        "POST",
                                        "http://b.example/",
                                        List.of("Content-Type: text/plain"),
                                        Optional.of("{\"a\": 1}")),
                                new PolicyTable.Expected(
                                        false,
                                        Optional.of("policy.rule_denied"),
                                        Optional.of("no-posts"))));
    }

    @Test
    void allProblemsAreReportedAtOnce() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(
                        () ->
                                parse(
                                        """
                                        - request: a.example
                                          expect: pass
                                        - expct: allow
                                          metadata: 1
                                          headers: [a]
                                        - request: GET https://a.example/
                                          expect: deny
                                          headers: {a: "b\\nc"}
                                        """))
                .satisfies(
                        e ->
                                assertThat(e.problems().stream().map(Problem::toString))
                                        .containsExactly(
                                                "t.yaml:1:12: [0].request: 'a.example' (expected:"
                                                        + " METHOD and URL, such as GET"
                                                        + " https://example.com/)",
                                                "t.yaml:2:11: [0].expect: 'pass' (expected: one of"
                                                        + " allow, deny)",
                                                "t.yaml:3:3: [1] has an unknown key 'expct' (did"
                                                        + " you mean 'expect'?)",
                                                "t.yaml:3:3: [1] has no 'expect' (expected: one)",
                                                "t.yaml:3:3: [1] has no 'request' (expected: one)",
                                                "t.yaml:4:13: [1].metadata is a single value"
                                                        + " (expected: a mapping)",
                                                "t.yaml:5:12: [1].headers (expected: names with"
                                                        + " values)",
                                                "t.yaml:8:12: [2].headers: a value has several"
                                                        + " lines"));
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> parse("a: b"))
                .withMessageContaining("is not a list");
    }
}
