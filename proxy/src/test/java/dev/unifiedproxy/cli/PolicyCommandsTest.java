package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** {@link PolicyCommands}. */
class PolicyCommandsTest {
    @TempDir Path directory;

    @BeforeEach
    void policy() throws IOException {
        Files.writeString(directory.resolve("allowlist.conf"), "a.example\n!b.example\n");
    }

    private CommandHarness.Outcome run(String... arguments) {
        return new CommandHarness(directory)
                .with("PROXY_CONFIG_DIR", directory.toString())
                .with("PROXY_RUN_DIR", directory.resolve("run").toString())
                .run(arguments);
    }

    @Test
    void anAllowedRequestEndsWithZero() {
        CommandHarness.Outcome outcome =
                run("policy", "check", "GET", "https://a.example/", "--header", "Accept: */*");

        assertThat(outcome.out())
                .isEqualTo(
                        """
                        allow
                          reason:      Domain 'a.example' in allowlist, no blocking policies matched
                          rule:        allowlist.conf:1 a.example
                        """);
        assertThat(outcome.status()).isZero();
    }

    @Test
    void aRefusedRequestEndsWithThreeAndSaysWhatWouldAllowIt() {
        CommandHarness.Outcome outcome = run("policy", "check", "GET", "https://c.example/");

        assertThat(outcome.status()).isEqualTo(3);
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        deny
                          reason:      Domain 'c.example' not in allowlist
                          code:        policy.host_not_allowed
                          rule:        default deny
                          to allow it: add the line "c.example" to allowlist.conf
                        """);
    }

    @Test
    void programsGetJson() {
        CommandHarness.Outcome outcome =
                run(
                        "policy",
                        "check",
                        "GET",
                        "https://b.example/",
                        "--container",
                        "c",
                        "--metadata",
                        "{\"group\": \"g\"}",
                        "--json");

        Map<String, Object> fields = JsonText.object(outcome.out()).orElseThrow();
        assertThat(fields)
                .containsEntry("decision", "deny")
                .containsEntry("code", "policy.host_blocked")
                .containsEntry("rule", "allowlist.conf:2 !b.example")
                .containsKeys("reason", "remedy", "policy_version");
        assertThat(outcome.status()).isEqualTo(3);
    }

    @Test
    void whatCannotBeAskedIsSaid() throws IOException {
        assertThat(run("policy", "check", "GET").status()).isEqualTo(64);
        assertThat(run("policy", "check", "GET", "https://a.example/\n").status()).isEqualTo(64);
        assertThat(run("policy", "check", "GET", "https://a.example/", "--metadata", "x").err())
                .contains("--metadata: not a JSON object");
        assertThat(run("policy", "check", "GET", "https://a.example/", "--body", "/no").err())
                .contains("/no: cannot be read");
        assertThat(run("policy", "check", "GET", "https://a.example/", "--container", "c").status())
                .isEqualTo(69);
        Files.writeString(directory.resolve("allowlist.conf"), "a/b\n");
        for (String command : new String[] {"lint", "show"}) {
            assertThat(run("policy", command).status()).isEqualTo(78);
        }
        assertThat(run("policy", "check", "GET", "https://a.example/").err())
                .contains("allowlist.conf:1:1: ");
    }

    @Test
    void aTableIsCompared() throws IOException {
        Path table = directory.resolve("table.yaml");
        Files.writeString(
                table,
                """
                - {request: GET https://a.example/, expect: allow, rule: a.example}
                - {request: GET https://b.example/, expect: deny, code: policy.host_blocked}
                """);
        CommandHarness.Outcome good = run("policy", "test", table.toString());
        assertThat(good.out()).startsWith("2 of 2 expectations met by policy ");
        assertThat(good.status()).isZero();

        Files.writeString(
                table,
                """
                - {request: GET https://a.example/, expect: deny, code: policy.rule_denied}
                - {request: GET https://b.example/, expect: deny, rule: other}
                - {request: GET https://a.example/, expect: allow}
                """);
        CommandHarness.Outcome bad = run("policy", "test", table.toString());
        assertThat(bad.status()).isEqualTo(1);
        assertThat(bad.out())
                .contains(
                        table
                                + ":1: GET https://a.example/: allow by 'allowlist.conf:1"
                                + " a.example' (expected: deny policy.rule_denied)",
                        table
                                + ":2: GET https://b.example/: deny policy.host_blocked by"
                                + " 'allowlist.conf:2 !b.example' (expected: deny by 'other')",
                        "1 of 3 expectations met");

        Files.writeString(table, "x");
        assertThat(run("policy", "test", table.toString()).status()).isEqualTo(78);
    }

    @Test
    void lintNamesAndFailsOnlyWhenItIsToldTo() throws IOException {
        assertThat(run("policy", "lint", "--strict").out()).isEqualTo("Nothing found.\n");
        Path proposed = Files.createDirectory(directory.resolve("proposed"));
        Files.writeString(proposed.resolve("allowlist.conf"), "*.google\n*.github.io\n");
        CommandHarness.Outcome found = run("policy", "lint", "--config-dir", proposed.toString());
        assertThat(found.out())
                .contains("allowlist.conf:1: *.google covers")
                .endsWith("2 findings.\n");
        assertThat(found.status()).isZero();
        Files.writeString(proposed.resolve("allowlist.conf"), "*.google\n");
        CommandHarness.Outcome strict =
                run("policy", "lint", "--strict", "--config-dir", proposed.toString());
        assertThat(strict.out()).endsWith("1 finding.\n");
        assertThat(strict.status()).isEqualTo(1);
    }

    @Test
    void showHasTheOrder() {
        assertThat(run("policy", "show", "--container", "c", "--metadata", "{}").out())
                .isEqualTo(
                        """
                        Mode: enforce. What nothing allows is refused.
                        SCOPE      PRIORITY  ACTION  NAME  ABOUT      PLACE
                        always               deny          b.example  allowlist.conf:2
                        allowlist            allow         a.example  allowlist.conf:1
                        """);
        assertThat(run("policy", "show", "--json").out()).contains("\"mode\" : \"enforce\"");
    }
}
