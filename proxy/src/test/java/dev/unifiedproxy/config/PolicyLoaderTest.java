package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.policy.AllowRule;
import dev.unifiedproxy.policy.Allowlist;
import dev.unifiedproxy.policy.Decision;
import dev.unifiedproxy.policy.EndpointRule;
import dev.unifiedproxy.policy.PolicyEngine;
import dev.unifiedproxy.policy.Sandboxes;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class PolicyLoaderTest {
    private static final String YAML =
            """
            version: 1
            domains: [yaml.example]
            http_endpoints: [{host: yaml.example, methods: [GET], paths: [/x]}]
            """;

    @TempDir Path directory;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void configure() {
        environment.put("PROXY_CONFIG_DIR", directory.toString());
    }

    private PolicyLoader.Loaded load() {
        return PolicyLoader.load(settings());
    }

    private Settings settings() {
        return Settings.load(environment, Map.of(), directory, path -> true);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private static boolean allows(PolicyLoader.Loaded loaded, String host) {
        return new PolicyEngine(loaded::snapshot)
                        .decide(Authority.parse(host, 443), Sandboxes.PLAIN)
                instanceof Decision.Allow;
    }

    @Test
    void missingAllowlistRefusesEverythingAndSaysWhy() {
        PolicyLoader.Loaded loaded = load();

        assertThat(allows(loaded, "github.com")).isFalse();
        assertThat(loaded.snapshot().denyReason()).contains("there is no allowlist file");
        assertThat(loaded.read()).isEmpty();
        assertThat(loaded.written()).isEmpty();
        assertThat(loaded.watched())
                .containsExactly(
                        directory.resolve("allowlist.conf"),
                        directory.resolve("allowlist.yaml"),
                        directory.resolve("policy.yaml"),
                        directory.resolve("user-services.yaml"));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void missingNamedAllowlistRefusesEverything() {
        environment.put("PROXY_ALLOWLIST_PATH", directory.resolve("none.yaml").toString());

        assertThat(load().snapshot().denyReason()).isPresent();
    }

    @Test
    void bothFilesAreOneAllowlist() throws IOException {
        Path conf = write("allowlist.conf", "conf.example\n");
        Path yaml = write("allowlist.yaml", YAML);
        PolicyLoader.Loaded loaded = load();

        assertThat(allows(loaded, "conf.example")).isTrue();
        assertThat(allows(loaded, "yaml.example")).isTrue();
        assertThat(allows(loaded, "other.example")).isFalse();
        assertThat(loaded.read()).containsExactly(conf, yaml);
    }

    @Test
    void namedFileIsTheOnlyOne() throws IOException {
        write("allowlist.conf", "conf.example\n");
        Path yaml = write("other.yml", YAML);
        environment.put("PROXY_ALLOWLIST_PATH", yaml.toString());
        PolicyLoader.Loaded loaded = load();

        assertThat(allows(loaded, "yaml.example")).isTrue();
        assertThat(allows(loaded, "conf.example")).isFalse();
        assertThat(loaded.watched())
                .containsExactly(
                        yaml,
                        directory.resolve("policy.yaml"),
                        directory.resolve("user-services.yaml"));
        assertThat(
                        new PolicyEngine(loaded::snapshot)
                                .decide(Authority.parse("x.example", 443), Sandboxes.PLAIN))
                .isInstanceOfSatisfying(
                        Decision.Deny.class,
                        deny ->
                                assertThat(deny.refusal().remedy())
                                        .isEqualTo(
                                                "add \"x.example\" to the domains of other.yml"));
    }

    @Test
    void extraFileAdds() throws IOException {
        write("allowlist.conf", "conf.example\n");
        Path extra = write("extra.yml", "{version: 1, domains: [extra.example]}");
        environment.put("PROXY_ALLOWLIST_EXTRA_PATH", extra.toString());
        PolicyLoader.Loaded loaded = load();

        assertThat(allows(loaded, "conf.example")).isTrue();
        assertThat(allows(loaded, "extra.example")).isTrue();
        assertThat(loaded.watched()).contains(extra);
    }

    @Test
    void rulesDecideWithoutAnAllowlist() throws IOException {
        Path rules =
                write(
                        "policy.yaml",
                        "{version: 1, rules: [{name: a, action: allow, hosts: [rule.example]}]}");
        PolicyLoader.Loaded loaded = load();

        assertThat(allows(loaded, "rule.example")).isTrue();
        assertThat(allows(loaded, "other.example")).isFalse();
        assertThat(loaded.snapshot().denyReason()).isEmpty();
        assertThat(loaded.read()).containsExactly(rules);
        assertThat(PolicyLoader.parse(settings()).document().global().rules()).hasSize(1);
    }

    @Test
    void theRulesMayStandElsewhereButMustBeThere() throws IOException {
        write("allowlist.conf", "conf.example\n");
        write("policy.yaml", "not read");
        Path rules =
                write(
                        "other.yaml",
                        "{version: 1, rules: [{name: a, action: deny, hosts: [conf.example]}]}");
        environment.put("PROXY_POLICY_PATH", rules.toString());
        assertThat(allows(load(), "conf.example")).isFalse();

        environment.put("PROXY_POLICY_PATH", "/no/such");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(this::load)
                .withMessage("PROXY_POLICY_PATH: '/no/such' (expected: a file that can be read)");
    }

    @Test
    void theUsersServicesAdd() throws IOException {
        write(
                "user-services.yaml",
                "{version: 1, services: [{name: s, domain: s.example, env_var: K, header: X,"
                        + " format: value}]}");
        assertThat(allows(load(), "s.example")).isFalse();
        write("allowlist.conf", "conf.example\n");
        assertThat(allows(load(), "s.example")).isTrue();
    }

    @Test
    void extraFileWithoutBaseAddsToNothing() throws IOException {
        Path extra = write("extra.yml", "{version: 1, domains: [extra.example]}");
        environment.put("PROXY_ALLOWLIST_EXTRA_PATH", extra.toString());

        assertThat(allows(load(), "extra.example")).isFalse();
    }

    @Test
    void missingExtraFileIsAProblem() throws IOException {
        write("allowlist.conf", "conf.example\n");
        environment.put("PROXY_ALLOWLIST_EXTRA_PATH", "/no/such");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(this::load)
                .withMessage(
                        "PROXY_ALLOWLIST_EXTRA_PATH: '/no/such' (expected: a file that can be"
                                + " read)");
    }

    @Test
    void allFilesReportTheirProblemsAtOnce() throws IOException {
        Path conf = write("allowlist.conf", "ok.example\na/b\n");
        Path yaml = write("allowlist.yaml", "domains: []\n");
        Path extra = write("extra.yml", "x");
        environment.put("PROXY_ALLOWLIST_EXTRA_PATH", extra.toString());

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(this::load)
                .satisfies(
                        e ->
                                assertThat(e.problems())
                                        .extracting(Problem::file)
                                        .contains(
                                                conf.toString(),
                                                yaml.toString(),
                                                extra.toString()));
    }

    @Test
    void aReloadNeverDoesWithoutAFile() throws IOException {
        write("allowlist.conf", "conf.example\n");
        Path yaml = write("allowlist.yaml", YAML);
        PolicyLoader.Loaded before = load();
        Settings settings = Settings.load(environment, Map.of(), directory, path -> true);
        assertThat(allows(PolicyLoader.reload(settings, before), "yaml.example")).isTrue();

        Files.delete(yaml);

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> PolicyLoader.reload(settings, before))
                .withMessage(yaml + ": is gone (expected: the file; a restart does without it)");
        assertThat(allows(load(), "yaml.example")).isFalse();
    }

    @Test
    void directoryInPlaceOfAFileIsAProblem() throws IOException {
        Path conf = Files.createDirectory(directory.resolve("allowlist.conf"));

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(this::load)
                .withMessageStartingWith(conf + ": cannot be read");
    }

    @Test
    void laptopGetsTheBuiltInAllowlistOnce() throws IOException {
        environment.clear();
        Settings settings = Settings.load(environment, Map.of(), directory, path -> false);
        Path file = directory.resolve(".unified-proxy/config/allowlist.conf");
        Path readOnly = file.resolveSibling("allowlist.yaml");

        PolicyLoader.Loaded first = PolicyLoader.load(settings);
        assertThat(first.written()).containsExactly(file, readOnly);
        assertThat(file).hasContent(PolicyLoader.builtIn());
        assertThat(readOnly).hasContent(PolicyLoader.builtInReadOnly());
        assertThat(allows(first, "github.com")).isTrue();

        Files.writeString(file, "mine.example\n");
        PolicyLoader.Loaded second = PolicyLoader.load(settings);
        assertThat(second.written()).isEmpty();
        assertThat(allows(second, "github.com")).isFalse();
        assertThat(allows(second, "mine.example")).isTrue();
    }

    @Test
    void builtInAllowlistIsValidAndNarrow() {
        String text = PolicyLoader.builtIn();
        List<String> rules =
                text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();

        assertThat(
                        AllowlistConfParser.parse(
                                        "allowlist.conf", text.getBytes(StandardCharsets.UTF_8))
                                .rules())
                .hasSameSizeAs(rules);
        assertThat(text.lines().filter(line -> line.contains("github.com")).findFirst())
                .contains("github.com github");
        assertThat(rules).noneMatch(rule -> rule.startsWith("*."));
        Allowlist readOnly =
                AllowlistYamlParser.parse(
                        "allowlist.yaml",
                        PolicyLoader.builtInReadOnly().getBytes(StandardCharsets.UTF_8),
                        AllowlistYamlParser.Form.BASE);
        assertThat(readOnly.endpoints())
                .allSatisfy(each -> assertThat(each.methods()).containsExactly(Method.GET));
        assertThat(readOnly.rules().stream().map(AllowRule::pattern))
                .containsExactlyElementsOf(
                        readOnly.endpoints().stream().map(EndpointRule::host).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "github.com", "api.github.com", "api.anthropic.com", "api.openai.com",
                "auth.openai.com", "chatgpt.com", "generativelanguage.googleapis.com", "pypi.org",
                "files.pythonhosted.org", "registry.npmjs.org", "proxy.golang.org"
            })
    void builtInAllowlistAllows(String host) throws IOException {
        write("allowlist.conf", PolicyLoader.builtIn());
        write("allowlist.yaml", PolicyLoader.builtInReadOnly());

        assertThat(allows(load(), host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "storage.googleapis.com",
                "files.openai.com",
                "upload.pypi.org",
                "gist.github.com",
                "bucket.s3.amazonaws.com",
                "169.254.169.254",
                "notgithub.com"
            })
    void builtInAllowlistDoesNotAllow(String host) throws IOException {
        write("allowlist.conf", PolicyLoader.builtIn());
        write("allowlist.yaml", PolicyLoader.builtInReadOnly());

        assertThat(allows(load(), host)).isFalse();
    }
}
