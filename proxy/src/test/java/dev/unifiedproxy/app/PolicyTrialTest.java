package dev.unifiedproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.config.Settings;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link PolicyTrial}: what the wire would be told, without a wire. */
class PolicyTrialTest {
    @TempDir Path directory;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void policy() throws IOException {
        environment.put("PROXY_CONFIG_DIR", directory.toString());
        Files.writeString(
                directory.resolve("allowlist.conf"), "a.example\n*.b.example\n!evil.b.example\n");
        Files.writeString(
                directory.resolve("allowlist.yaml"),
                """
                version: 1
                domains: [api.example]
                http_endpoints: [{host: api.example, methods: [GET], paths: [/v1/*]}]
                """);
    }

    private PolicyTrial trial() {
        return PolicyTrial.of(Settings.load(environment, Map.of(), directory, path -> true));
    }

    private static PolicyTrial.Question question(String method, String url, String... fields) {
        return new PolicyTrial.Question(
                "sandbox-1", Map.of(), method, url, List.of(fields), Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "GET,https://a.example,'',allowlist.conf:1 a.example",
        "GET,http://a.example/x?y#z,'',allowlist.conf:1 a.example",
        "POST,https://x.b.example/,'',allowlist.conf:2 *.b.example",
        "GET,https://api.example/v1/x,'',allowlist.yaml:2 api.example",
        "GET,https://api.example/v2/x,policy.path_not_allowed,allowlist.yaml:3 api.example",
        "GET,https://api.example?x,policy.path_not_allowed,allowlist.yaml:3 api.example",
        "PUT,https://api.example/v1/x,policy.method_not_allowed,allowlist.yaml:3 api.example",
        "GET,https://evil.b.example/,policy.host_blocked,allowlist.conf:3 !evil.b.example",
        "GET,https://c.example/,policy.host_not_allowed,default deny",
        "GET,https://a.example:8443/,policy.port_not_allowed,allowlist.conf:1 a.example",
        "GET,http://10.0.0.1/,policy.ip_literal,default deny",
        "GET,ftp://a.example/,http.malformed,''",
        "GET,https://a..example/,http.malformed,''",
        "BREW,https://a.example/,http.method_unsupported,''",
    })
    void saysWhatTheWireSays(String method, String url, String code, String rule) {
        PolicyTrial.Answer answer = trial().ask(question(method, url));

        assertThat(answer.code()).as("%s", answer).isEqualTo(code);
        assertThat(answer.allowed()).isEqualTo(code.isEmpty());
        assertThat(answer.rule()).isEqualTo(rule);
        assertThat(answer.reason()).isNotEmpty();
    }

    @Test
    void fieldsAndBodyArePartOfTheQuestion() {
        assertThat(
                        trial().ask(
                                        question(
                                                "GET",
                                                "https://api.example/v1/x",
                                                "X-HTTP-Method-Override: DELETE"))
                                .code())
                .isEqualTo("policy.method_not_allowed");
        assertThat(
                        trial().ask(question("GET", "https://a.example/", "X-Container-Id: other"))
                                .code())
                .isEqualTo("identity.container_mismatch");
        PolicyTrial.Question withBody =
                new PolicyTrial.Question(
                        "sandbox-1",
                        Map.of("group", "team"),
                        "POST",
                        "https://a.example/",
                        List.of(),
                        Optional.of(ByteBuffer.wrap(new byte[] {'{', '}'})));
        assertThat(trial().ask(withBody).allowed()).isTrue();
    }

    @Test
    void rulesOfFileAndRegistrationAreAsked() throws IOException {
        Files.writeString(
                directory.resolve("policy.yaml"),
                """
                version: 1
                groups:
                  team:
                    rules:
                      - {name: no-posts, action: deny, methods: [POST], reason: Team reads only}
                rules:
                  - name: small
                    action: inspect
                    hosts: [a.example]
                    methods: [PUT]
                    body: {json: [{field: /model, required: true, one_of: [small]}]}
                """);
        Map<String, Object> team = Map.of("group", "team");
        PolicyTrial.Answer denied = trial().ask(question(team, "POST", "{}"));
        assertThat(denied.code()).isEqualTo("policy.rule_denied");
        assertThat(denied.reason()).contains("Team reads only");
        assertThat(denied.rule()).startsWith("policy.yaml:5 no-posts");
        assertThat(trial().ask(question(Map.of(), "POST", "{}")).allowed()).isTrue();
        Map<String, Object> own =
                Map.of(
                        "policy",
                        Map.of("rules", List.of(Map.of("name", "stop", "action", "deny"))));
        assertThat(trial().ask(question(own, "POST", "{}")).rule())
                .startsWith("registration of sandbox-1 stop");
    }

    private static PolicyTrial.Question question(
            Map<String, Object> metadata, String method, String body) {
        return new PolicyTrial.Question(
                "sandbox-1",
                metadata,
                method,
                "https://a.example/",
                List.of("Content-Type: application/json"),
                Optional.of(StandardCharsets.UTF_8.encode(body)));
    }

    @Test
    void aTunnelIsAskedAboutByHostAndPort() {
        assertThat(trial().askTunnel("c", Map.of(), "api.example:443").rule())
                .isEqualTo("allowlist.yaml:2 api.example");
        assertThat(trial().askTunnel("c", Map.of(), "a.example:22").code())
                .isEqualTo("policy.port_not_allowed");
        assertThat(trial().askTunnel("c", Map.of(), "a..example:443").code())
                .isEqualTo("http.malformed");
    }

    @Test
    void whatPassesUnreadIsSaid() {
        environment.put("PROXY_TLS_PASSTHROUGH", "a.example");

        assertThat(trial().ask(question("GET", "https://a.example/")).rule())
                .isEqualTo("PROXY_TLS_PASSTHROUGH a.example");
    }

    @Test
    void nothingIsWritten() throws IOException {
        Path home = Files.createDirectory(directory.resolve("home"));
        Settings laptop = Settings.load(Map.of(), Map.of(), home, path -> false);

        PolicyTrial trial = PolicyTrial.of(laptop);

        assertThat(trial.version()).hasSize(16);
        assertThat(trial.ask(question("GET", "https://github.com/")).allowed()).isFalse();
        assertThat(home).isEmptyDirectory();
    }
}
