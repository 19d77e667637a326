package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.policy.Allowlist;
import dev.unifiedproxy.policy.PolicyDocument;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@link PolicyOverview}: the order is the one in which the rules are asked. */
class PolicyOverviewTest {
    private static final PolicyDocument DOCUMENT =
            PolicyYamlParser.parse(
                    "policy.yaml",
                    """
                    version: 1
                    mode: observe
                    rules:
                      - {name: all, action: deny, hosts: ["*.x.example:443,80"], methods: [POST, GET]}
                    groups:
                      team:
                        mode: enforce
                        rules:
                          - name: slow
                            action: rate_limit
                            rate: {requests: 3, per_seconds: 60}
                    containers:
                      c1:
                        rules:
                          - {name: low, action: allow, hosts: ["[::1]:1"], priority: 10}
                          - name: look
                            action: inspect
                            hosts: [a.example]
                            paths: [/v1/*]
                            query: {q: "*"}
                            headers: {X-A: b}
                            content_types: [text/*]
                            body: {max_bytes: 10}
                    """
                            .getBytes(StandardCharsets.UTF_8));

    @TempDir Path directory;

    private static String line(PolicyOverview.Row row) {
        return String.join(
                "|",
                row.scope(),
                row.priority(),
                row.action(),
                row.name(),
                row.about(),
                row.place());
    }

    @Test
    void everythingStandsInItsOrder() {
        Allowlist allowlist =
                AllowlistYamlParser.parse(
                        "a.yaml",
                        """
                        version: 1
                        domains: [b.example, "!dns.example"]
                        http_endpoints: [{host: b.example, methods: [GET], paths: [/a, /b]}]
                        blocked_paths: [{host: b.example, patterns: [/no]}]
                        """
                                .getBytes(StandardCharsets.UTF_8),
                        AllowlistYamlParser.Form.BASE);
        Map<String, Object> metadata =
                Map.of(
                        "group",
                        "team",
                        "policy",
                        Map.of(
                                "rules",
                                List.of(Map.of("name", "own", "action", "deny", "priority", 50))));

        PolicyOverview.Overview overview = PolicyOverview.of(allowlist, DOCUMENT, "c1", metadata);

        assertThat(overview.mode()).isEqualTo("enforce");
        assertThat(overview.rows().stream().map(PolicyOverviewTest::line))
                .containsExactly(
                        "always||deny||dns.example|a.yaml:2",
                        "always||deny||b.example /no|a.yaml:4",
                        "container|50|inspect body of at most 10 bytes|look|a.example /v1/* ?q=*"
                                + " X-A: b text/*|policy.yaml:16",
                        "registration|50|deny|own|every host|registration of c1",
                        "container|10|allow|low|[::1]:1|policy.yaml:15",
                        "group|50|rate_limit 3 in 60 s|slow|every host|policy.yaml:9",
                        "everybody|50|deny|all|*.x.example:80,443 GET,POST|policy.yaml:4",
                        "allowlist||allow||b.example|a.yaml:2",
                        "allowlist||only||b.example GET /a,/b|a.yaml:3");
    }

    @Test
    void aContainerWithoutRulesOfItsOwnHasThoseOfEverybody() throws IOException {
        assertThat(PolicyOverview.of(Allowlist.EMPTY, DOCUMENT, "other", Map.of()).mode())
                .isEqualTo("observe");
        Files.writeString(directory.resolve("allowlist.conf"), "a.example\n");
        Settings settings =
                Settings.load(
                        Map.of("PROXY_CONFIG_DIR", directory.toString()),
                        Map.of(),
                        directory,
                        path -> true);
        PolicyOverview.Overview overview = PolicyOverview.of(settings, "c", Map.of());
        assertThat(overview.mode()).isEqualTo("enforce");
        assertThat(overview.rows().stream().map(PolicyOverviewTest::line))
                .containsExactly("allowlist||allow||a.example|allowlist.conf:1");
    }
}
