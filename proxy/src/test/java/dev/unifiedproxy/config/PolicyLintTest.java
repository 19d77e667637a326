package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.policy.Allowlist;
import dev.unifiedproxy.policy.PolicyDocument;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@link PolicyLint}, and {@link PublicSuffixes}. */
class PolicyLintTest {
    @TempDir Path directory;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> lint(Allowlist allowlist, PolicyDocument document) {
        return PolicyLint.of(allowlist, document).stream()
                .map(PolicyLint.Finding::toString)
                .toList();
    }

    private static List<String> lines(String text) {
        return lint(AllowlistConfParser.parse("a.conf", bytes(text)), PolicyDocument.EMPTY);
    }

    private static List<String> rules(String text) {
        return lint(
                Allowlist.EMPTY,
                PolicyYamlParser.parse("policy.yaml", bytes("version: 1\nrules:\n" + text)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    *.google            | a.conf:1: *.google covers names of everybody: anyone can have one below google
                    *.co.uk             | a.conf:1: *.co.uk covers names of everybody: anyone can have one below co.uk
                    *.github.io         | a.conf:1: *.github.io covers names of everybody: anyone can have one below github.io
                    gist.github.com     | a.conf:1: gist.github.com takes uploads and has no http_endpoints, which could leave it to reading
                    """)
    void aWideLineIsNamed(String line, String finding) {
        assertThat(lines(line + "\n")).containsExactly(finding);
    }

    @Test
    void linesThatSayNothingAreNamed() {
        assertThat(lines("*.a.example\nx.a.example\n*.y.a.example\nx.a.example:8443\na.example\n"))
                .containsExactly(
                        "a.conf:2: x.a.example says no more than *.a.example does",
                        "a.conf:3: *.y.a.example says no more than *.a.example does",
                        "a.conf:5: a.example says no more than *.a.example does");
        assertThat(lines("a.b.example\n!*.b.example\n10.0.0.1\n"))
                .containsExactly("a.conf:1: a.b.example allows nothing: !*.b.example refuses it");
    }

    @Test
    void anEndpointWithoutItsHostIsNamed() {
        Allowlist allowlist =
                AllowlistYamlParser.parse(
                        "a.yaml",
                        bytes(
                                """
                                version: 1
                                domains: [a.example]
                                http_endpoints:
                                  - {host: b.example, methods: [GET], paths: [/x]}
                                  - {host: "*.a.example", methods: [GET], paths: [/x]}
                                """),
                        AllowlistYamlParser.Form.BASE);

        assertThat(lint(allowlist, PolicyDocument.EMPTY))
                .containsExactly(
                        "a.yaml:4: the endpoint b.example never counts: no line allows the host");
    }

    @Test
    void aRuleThatNeverDecidesIsNamed() {
        assertThat(
                        rules(
                                """
                                  - {name: all, action: allow, hosts: ["*.a.example"]}
                                  - {name: some, action: deny, hosts: ["x.a.example:443"]}
                                  - {name: other-port, action: deny, hosts: ["x.a.example:8443"]}
                                  - {name: every-port, action: deny, hosts: [x.a.example]}
                                  - {name: elsewhere, action: deny, hosts: [b.example]}
                                  - {name: slow, action: rate_limit, hosts: [x.a.example], rate: {requests: 1, per_seconds: 1}}
                                """))
                .containsExactly(
                        "policy.yaml:4: some (rules) never decides: all (policy.yaml:3) comes first"
                                + " and matches all that it matches");
        assertThat(
                        rules(
                                """
                                  - {name: read, action: allow, hosts: [a.example], methods: [GET]}
                                  - {name: rest, action: deny}
                                  - {name: late, action: allow, hosts: [b.example]}
                                """))
                .containsExactly(
                        "policy.yaml:5: late (rules) never decides: rest (policy.yaml:4) comes"
                                + " first and matches all that it matches");
    }

    @Test
    void prioritiesThatDoNothingAreNamed() {
        assertThat(
                        rules(
                                """
                                  - {name: a, action: allow, hosts: [a.example], priority: 90}
                                  - {name: b, action: deny, hosts: [b.example], priority: 10}
                                """))
                .containsExactly(
                        "policy.yaml:3: the priorities of rules do nothing: the order is that of"
                                + " the file");
        assertThat(
                        rules(
                                """
                                  - {name: b, action: deny, hosts: [b.example], priority: 10}
                                  - {name: a, action: allow, hosts: [a.example], priority: 90}
                                """))
                .isEmpty();
    }

    @Test
    void everyScopeIsLookedAt() {
        String rule = "{rules: [{name: r, action: allow, hosts: [\"*.com\", gist.github.com]}]}";
        PolicyDocument document =
                PolicyYamlParser.parse(
                        "p",
                        bytes(
                                "{version: 1, groups: {g: "
                                        + rule
                                        + "}, containers: {c: "
                                        + rule
                                        + "}}"));

        assertThat(lint(Allowlist.EMPTY, document))
                .hasSize(4)
                .contains(
                        "p:1: r allows every method and path of gist.github.com, which takes"
                                + " uploads",
                        "p:1: *.com covers names of everybody: anyone can have one below com");
    }

    @Test
    void theBuiltInAllowlistHasOnlyWhatGitNeeds() throws IOException {
        Files.writeString(directory.resolve("allowlist.conf"), PolicyLoader.builtIn());
        Files.writeString(directory.resolve("allowlist.yaml"), PolicyLoader.builtInReadOnly());
        Settings settings =
                Settings.load(
                        Map.of("PROXY_CONFIG_DIR", directory.toString()),
                        Map.of(),
                        directory,
                        path -> true);

        assertThat(PolicyLint.of(settings).stream().map(each -> each.text().split(" ", 2)[0]))
                .containsExactly("github.com", "uploads.github.com");
    }

    @ParameterizedTest
    @CsvSource({"com,true", "co.uk,true", "github.io,true", "github.com,false", "x.co.uk,false"})
    void strangersHaveNamesBelow(String name, boolean expected) {
        assertThat(PublicSuffixes.covers(Hostname.parse(name))).isEqualTo(expected);
    }
}
