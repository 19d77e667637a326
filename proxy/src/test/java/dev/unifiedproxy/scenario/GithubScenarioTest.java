package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.control.NewRegistration;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The rules about GitHub, asked by the running proxy. */
@Timeout(90)
class GithubScenarioTest {
    private static final String ADDRESS = "127.0.0.21";
    private static final String ENTERPRISE = "ghe.example.com";

    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing("api.github.com", "uploads.github.com", ENTERPRISE)
                    .setting("PROXY_GITHUB_ENTERPRISE_HOSTS", ENTERPRISE);

    @BeforeAll
    static void register() throws Exception {
        PROXY.control()
                .register(
                        new NewRegistration(
                                "octo",
                                ADDRESS,
                                Duration.ofHours(1),
                                Map.of("repos", List.of("octo/allowed"), "allow_pr", true)));
    }

    private static Reply ask(String host, String line, String body) throws IOException {
        try (Connection tunnel = PROXY.client(ADDRESS).tunnel(host + ":443")) {
            tunnel.write(
                    line
                            + " HTTP/1.1\r\nHost: "
                            + host
                            + "\r\nContent-Type: application/json\r\nContent-Length: "
                            + body.length()
                            + "\r\n\r\n"
                            + body);
            return tunnel.read();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DELETE /repos/octo/allowed | {} | gh repo delete: permanently destroys repository",
                "PUT /repos/octo/allowed/pulls/1/%6Derge?x=1 | {}"
                        + " | gh pr merge: merges pull request (requires human approval)",
                "POST /repos/octo/allowed/hooks | {}"
                        + " | gh api: raw API access not permitted (POST"
                        + " /repos/octo/allowed/hooks)",
                "POST /repos/octo/allowed/pulls/1/reviews | {\"event\": \"APPROVE\"}"
                        + " | Self-approving pull requests is blocked by policy",
                "PUT /repos/octo/allowed/contents/.github/workflows/x.yml | {\"branch\": \"x\"}"
                        + " | gh api: writes '.github/workflows/x.yml', a restricted path",
            })
    void refusedInGitHubsForm(String line, String body, String words) throws IOException {
        for (String host : List.of("api.github.com", ENTERPRISE)) {
            String there = host.equals(ENTERPRISE) ? line.replace(" /", " /api/v3/") : line;
            Reply reply = ask(host, there, body);
            PROXY.assertRefused(reply, "403 github.operation_blocked");
            assertThat(reply.field("content-type")).isEqualTo("application/json");
            assertThat(reply.field("x-sandbox-blocked")).isEqualTo("true");
            JsonNode json = JsonMapper.shared().readTree(reply.body());
            assertThat(json.path("error").asString()).isEqualTo("BLOCKED");
            assertThat(json.path("message").asString())
                    .isEqualTo(words.replace(line.split(" ", 2)[1], there.split(" ", 2)[1]));
            assertThat(json.path("documentation_url").asString())
                    .isEqualTo("https://docs.github.com/rest");
            assertThat(json.path("hint").asString())
                    .isEqualTo("This operation requires human operator approval.");
            assertThat(json.path("request_id").asString()).isEqualTo(reply.requestId());
        }
    }

    @Test
    void decisionIsLoggedWithItsType() throws IOException {
        Reply reply = ask("api.github.com", "DELETE /repos/octo/allowed", "{}");
        assertThat(PROXY.logLines(reply.requestId()).toString())
                .contains(
                        "Policy decision: DENY - DELETE api.github.com/repos/octo/allowed -"
                                + " container=octo - policy=github - reason=gh repo delete:");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST /repos/octo/allowed/issues | {\"title\": \"x\"}",
                "PATCH /repos/octo/allowed/issues/1 | {\"title\": \"x\"}",
                "POST /repos/octo/allowed/pulls | {\"head\": \"x\", \"base\": \"main\"}",
                "POST /graphql | {\"query\": \"{viewer{login}}\"}",
            })
    void forwardedAsItWasSent(String line, String body) throws IOException {
        Reply reply = ask("api.github.com", line, body);
        SeenRequest seen = PROXY.assertForwarded(reply);
        assertThat(seen.line()).isEqualTo(line + " HTTP/1.1");
        assertThat(seen.bodyBytes()).isEqualTo(body.length());
        assertThat(seen.all("authorization"))
                .containsExactly("Bearer " + Canaries.of("GITHUB_TOKEN"));
    }

    @Test
    void graphqlIsRefusedBeforeAnythingIsSent() throws IOException {
        String merge = "{\"query\": \"mutation{a:mergePullRequest(input:{}){clientMutationId}}\"}";
        Reply reply = ask("api.github.com", "POST /graphql", merge);
        PROXY.assertRefused(reply, "403 github.graphql_blocked");
        assertThat(reply.body()).contains("GraphQL mutation 'mergePullRequest' is not permitted");
        PROXY.assertRefused(
                ask(ENTERPRISE, "POST /api/graphql", merge), "403 github.graphql_blocked");
        PROXY.assertRefused(
                ask("api.github.com", "POST /graphql", "[" + merge + "]"),
                "403 github.graphql_blocked");
    }

    /** A container without repositories has none; it reads what is nobody's. */
    @Test
    void containerWithoutRepositories() throws IOException {
        PROXY.assertRefused(
                PROXY.client().inside("api.github.com", "GET /repos/octo/allowed"),
                "403 github.repository_not_allowed");
        PROXY.assertForwarded(PROXY.client().inside("api.github.com", "GET /rate_limit"));
    }
}
