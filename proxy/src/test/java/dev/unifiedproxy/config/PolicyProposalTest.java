package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.config.PolicyProposal.Seen;
import dev.unifiedproxy.policy.PolicyDocument;
import dev.unifiedproxy.policy.ScopeRules;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What is proposed ({@code LineInsertion} writes it), and that git can apply it. */
final class PolicyProposalTest {
    private static final List<Seen> SEEN =
            List.of(
                    new Seen("api.example", 443, "GET", "/v1/items/1"),
                    new Seen("api.example", 443, "HEAD", "/v1/items/1"),
                    new Seen("api.example", 443, "GET", "/v1/items/2"),
                    new Seen("api.example", 443, "POST", "/v1/items"),
                    new Seen("files.example", 8443, "GET", "/a'b"),
                    new Seen("files.example", 8443, "GET", "/cut…"));

    @TempDir private Path directory;

    private static Optional<String> difference(String today, Optional<String> container) {
        return new PolicyProposal("policy.yaml", Optional.of(today), container).difference(SEEN);
    }

    /** The file after git has applied the difference, as the parser reads it. */
    private PolicyDocument applied(Optional<String> today, Optional<String> container)
            throws Exception {
        Path file = directory.resolve("policy.yaml");
        if (today.isPresent()) {
            Files.writeString(file, today.get());
        }
        String difference =
                new PolicyProposal("policy.yaml", today, container).difference(SEEN).orElseThrow();
        Path patch = Files.writeString(directory.resolve("learned.diff"), "# note\n" + difference);
        Process git =
                new ProcessBuilder("git", "apply", "--unsafe-paths", patch.toString())
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(git.waitFor()).as(said + difference).isZero();
        return PolicyYamlParser.parse("policy.yaml", Files.readAllBytes(file));
    }

    @Test
    void theSmallestRulesAreAddedBeforeTheOthers() {
        String today =
                """
                version: 1
                # ours
                rules:
                  - {name: a, action: allow, hosts: [a.example]}
                """;
        assertThat(difference(today, Optional.empty()))
                .contains(
                        """
                        --- a/policy.yaml
                        +++ b/policy.yaml
                        @@ -1,4 +1,7 @@
                         version: 1
                         # ours
                         rules:
                        +  - {name: learned-api-example, action: allow, priority: 0, hosts: ["api.example"], methods: [GET], paths: ["/v1/items/*"]}
                        +  - {name: learned-api-example-2, action: allow, priority: 0, hosts: ["api.example"], methods: [POST], paths: ["/v1/items"]}
                        +  - {name: learned-files-example-8443, action: allow, priority: 0, hosts: ["files.example:8443"], methods: [GET], paths: ["/a'b"]}
                           - {name: a, action: allow, hosts: [a.example]}
                        """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version: 1\n",
                "version: 1",
                "version: 1\n"
                        + "mode: observe\n"
                        + "rules:\n"
                        + "- name: a\n"
                        + "  action: deny\n"
                        + "  hosts: [a.example]",
                "version: 1\nrules:\n    - name: a\n      action: deny\n# the end\n",
                "version: 1\ngroups:\n  g:\n    mode: observe\n"
            })
    void gitAppliesItAndTheParserReadsIt(String today) throws Exception {
        PolicyDocument document = applied(Optional.of(today), Optional.empty());
        assertThat(document.global().rules()).hasSizeBetween(3, 4);
    }

    @Test
    void withoutAFileThereIsANewOne() throws Exception {
        assertThat(applied(Optional.empty(), Optional.empty()).global().rules()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version: 1\n",
                "version: 1\nrules:\n  - {name: a, action: deny}\n",
                "version: 1\ncontainers:\n  other:\n    mode: observe\n",
                "version: 1\ncontainers:\n  sandbox-1:\n    mode: observe\n",
                "version: 1\n"
                        + "containers:\n"
                        + "  sandbox-1:\n"
                        + "    rules:\n"
                        + "      - {name: a, action: deny}\n"
            })
    void theRulesOfOneContainerStandUnderIt(String today) throws Exception {
        PolicyDocument document = applied(Optional.of(today), Optional.of("sandbox-1"));
        assertThat(document.containers().getOrDefault("sandbox-1", ScopeRules.EMPTY).rules())
                .hasSizeBetween(3, 4);
        assertThat(document.global().rules()).hasSizeLessThan(2);
    }

    @Test
    void aNameThatIsTakenIsNotUsedAgain() {
        String today =
                "version: 1\nrules:\n"
                        + "  - {name: learned-api-example, action: allow, hosts: [api.example]}\n";
        assertThat(difference(today, Optional.empty()).orElseThrow())
                .contains("name: learned-api-example-2,", "name: learned-api-example-3,")
                .doesNotContain("+  - {name: learned-api-example,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version: 1\nrules: []\n",
                "version: 1\nrules: [{name: a, action: deny}]\n",
                "version: 1\nrules:\n",
                "version: 1\nrulse:\n"
            })
    void whatNoLineCanBeAddedToIsSaidSo(String today) {
        assertThatThrownBy(() -> difference(today, Optional.empty()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("policy.yaml");
    }

    @Test
    void nothingSeenIsNothingProposed() {
        assertThat(
                        new PolicyProposal("policy.yaml", Optional.empty(), Optional.empty())
                                .difference(List.of()))
                .isEmpty();
    }
}
