package dev.unifiedproxy.github;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What Debian's gh 2.23 sent for two dozen of its commands, recorded. */
final class GhTrafficTest {
    private static final Map<String, String> REFUSED =
            Map.of(
                    "closeIssue",
                    "GraphQL mutation 'closeIssue' is not permitted",
                    "mergePullRequest",
                    "GraphQL mutation 'mergePullRequest' is not permitted",
                    "APPROVE",
                    "GraphQL mutation 'addPullRequestReview' is not permitted");

    static List<String> bodies() throws IOException {
        try (InputStream in = GhTrafficTest.class.getResourceAsStream("gh-2.23.jsonl")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    @Test
    void passesButForWhatIsRefusedByName() throws IOException {
        Calls calls = Calls.ours().allowingPullRequests();
        assertThat(bodies()).hasSizeGreaterThan(20);
        for (String body : bodies()) {
            String expected =
                    REFUSED.entrySet().stream()
                            .filter(each -> body.contains(each.getKey()))
                            .map(Map.Entry::getValue)
                            .findFirst()
                            .orElse(Calls.PASSED);
            assertThat(calls.say("POST /graphql", body)).as(body).isEqualTo(expected);
        }
    }

    /** In a container of another repository nothing about this one passes. */
    @Test
    void nothingOfItIsAboutAnotherContainersRepository() throws IOException {
        Calls calls = new Calls(Map.of("repo", "octo/other"), true);
        for (String body : bodies()) {
            if (body.contains("repository(")) {
                assertThat(calls.say("POST /graphql", body))
                        .isEqualTo("Repository not authorized: octo/allowed");
            }
        }
    }
}
