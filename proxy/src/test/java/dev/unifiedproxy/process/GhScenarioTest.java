package dev.unifiedproxy.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Debian's gh with the variables of a sandbox, against a stand-in for api.github.com. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class GhScenarioTest {
    private static final String TOKEN = "ghp_canary4d1e77";
    private static final GithubStandIn API = new GithubStandIn(TOKEN);

    private Path directory;
    private StandIn internet;
    private ServeProcess serve;
    private Map<String, String> sandbox;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        internet = new StandIn(directory.resolve("internet"));
        internet.serve("api.github.com", API);
        Path proxy = Files.createDirectories(directory.resolve("proxy"));
        Path config = Files.createDirectory(proxy.resolve("config"));
        Files.writeString(config.resolve("allowlist.conf"), "api.github.com\n");
        Map<String, String> settings = new TreeMap<>(internet.settings());
        settings.put("GITHUB_TOKEN", TOKEN);
        serve = ServeProcess.start(proxy, settings);
        register("{\"repo\": \"octo/allowed\", \"allow_pr\": true}");
        sandbox = new TreeMap<>(serve.sandbox("sandbox-1"));
        sandbox.put("GH_PROMPT_DISABLED", "1");
        sandbox.put("GH_NO_UPDATE_NOTIFIER", "1");
        sandbox.put("NO_COLOR", "1");
        assertThat(sandbox).containsKeys("GH_TOKEN", "HTTPS_PROXY", "SSL_CERT_FILE");
    }

    private void register(String metadata) throws Exception {
        Outcome added =
                serve.command(
                        "container",
                        "add",
                        "sandbox-1",
                        "--ip",
                        "127.0.0.1",
                        "--metadata",
                        metadata);
        assertThat(added.status()).as(added.all()).isZero();
    }

    @BeforeEach
    void forget() {
        API.forget();
    }

    @AfterAll
    void stop() throws Exception {
        assertThat(serve.stop()).isZero();
        assertThat(serve.log()).doesNotContain("canary");
        internet.close();
    }

    private Outcome gh(String arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("gh"));
        command.addAll(List.of(arguments.split(" ", -1)));
        return Outcome.of(directory, sandbox, command);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "repo view octo/allowed | A stand-in | GET /repos/octo/allowed/readme",
                "issue list -R octo/allowed | First issue | POST /graphql #IssueList",
                "issue create -R octo/allowed -t Title -b Body"
                        + " | https://github.com/octo/allowed/issues/7"
                        + " | POST /graphql #IssueCreate",
                "issue comment 1 -R octo/allowed -b mergePullRequest("
                        + " | https://github.com/octo/allowed/issues/1#c-8"
                        + " | POST /graphql #CommentCreate",
                "pr list -R octo/allowed | First pull | POST /graphql #PullRequestList",
                "pr view 2 -R octo/allowed | First pull | POST /graphql #PullRequestByNumber",
                "pr create -R octo/allowed -t Title -b Body --head agent/x --base main"
                        + " | https://github.com/octo/allowed/pull/9"
                        + " | POST /graphql #PullRequestCreate",
                "api user | \"login\":\"octo\" | GET /user",
                "release list -R octo/allowed | First release"
                        + " | POST /graphql #RepositoryReleaseList",
            })
    void works(String arguments, String shows, String asked) throws Exception {
        Outcome outcome = gh(arguments);
        assertThat(outcome.all()).contains(shows);
        assertThat(outcome.status()).as(outcome.all()).isZero();
        assertThat(API.seen()).last().isEqualTo(asked);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pr merge 2 -R octo/allowed --merge"
                        + " | GraphQL mutation 'mergePullRequest' is not permitted",
                "repo delete octo/allowed --yes"
                        + " | gh repo delete: permanently destroys repository",
                "secret list -R octo/allowed | gh secret: accesses repository secrets",
                "api -X PUT repos/octo/allowed/contents/.github/workflows/x.yml -f message=m"
                        + " -f content=eA== -f branch=agent/x"
                        + " | gh api: writes '.github/workflows/x.yml', a restricted path",
                "api -X PUT repos/octo/allowed/contents/x -f message=m -f content=eA=="
                        + " | gh api: writes to the default branch",
                "api repos/octo/other/contents/x | Repository not authorized: octo/other",
                "issue list -R octo/other | Repository not authorized: octo/other",
                "api graphql -f query=mutation{deleteRef(input:{refId:\"x\"}){clientMutationId}}"
                        + " | GraphQL mutation 'deleteRef' is not permitted",
            })
    void isRefusedAndSaysWhy(String arguments, String why) throws Exception {
        Outcome outcome = gh(arguments);
        assertThat(outcome.all()).contains(why);
        assertThat(outcome.status()).as(outcome.all()).isNotZero();
        assertThat(API.seen())
                .as("what came through")
                .allMatch(
                        line ->
                                line.endsWith("#PullRequestByNumber")
                                        || line.endsWith("#PullRequest_fields")
                                        || line.endsWith("#RepositoryInfo"));
    }

    /** The registration is read with each request. */
    @Test
    void withoutPullRequestsNoneIsOpened() throws Exception {
        register("{\"repo\": \"octo/allowed\"}");
        try {
            Outcome outcome =
                    gh("pr create -R octo/allowed -t Title -b Body --head agent/x --base main");
            assertThat(outcome.all())
                    .contains("GraphQL mutation 'createPullRequest' is not permitted");
            assertThat(API.seen()).doesNotContain("POST /graphql #PullRequestCreate");
            assertThat(gh("pr list -R octo/allowed").all()).contains("First pull");
        } finally {
            register("{\"repo\": \"octo/allowed\", \"allow_pr\": true}");
        }
    }
}
