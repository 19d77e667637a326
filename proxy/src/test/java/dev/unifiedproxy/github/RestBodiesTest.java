package dev.unifiedproxy.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/** What the bodies of REST calls may say. */
final class RestBodiesTest {
    private static final Calls OURS = Calls.ours().allowingPullRequests();
    private static final String REVIEWS = "POST /repos/o/r/pulls/1/reviews";
    private static final String EVENTS = "POST /repos/o/r/pulls/1/reviews/2/events";
    private static final String PULL = "PATCH /repos/o/r/pulls/1";
    private static final String ISSUE = "PATCH /repos/o/r/issues/1";
    private static final String FILE = "PUT /repos/o/r/contents/src/A.java";

    /** G-04, W-7: by every door. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'event': 'APPROVE'} | " + RestBodies.APPROVES,
                "{'event': 'approve'} | " + RestBodies.APPROVES,
                "{'event': 'APPRO\\u0056E'} | " + RestBodies.APPROVES,
                "{'body': 'APPROVE', 'event': 'COMMENT'} | passed",
                "{'event': 'REQUEST_CHANGES'} | passed",
                "{'event': ''} | passed",
                "{'event': null} | passed",
                "{'body': 'x'} | passed",
                "{'event': ['APPROVE']} | event is not understood",
                "{'event': ' APPROVE'} | event is not understood",
                "{'event': 'DISMISS'} | event is not understood",
            })
    void review(String body, String words) {
        assertThat(OURS.say(REVIEWS, json(body))).startsWith(words);
        assertThat(OURS.say(EVENTS, json(body))).startsWith(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'state': 'open'} | " + RestBodies.REOPENS,
                "{'state': 'OPEN'} | " + RestBodies.REOPENS,
                "{'state': '\\u0063losed'} | " + RestBodies.CLOSES_PULL,
                "{'state': 'Closed'} | " + RestBodies.CLOSES_PULL,
                "{'title': 'closed'} | passed",
                "{'state': null} | passed",
                "{'state': 1} | state is not understood",
                "{'state': true} | state is not understood",
                "{'state': {}} | state is not understood",
            })
    void pull(String body, String words) {
        assertThat(OURS.say(PULL, json(body))).startsWith(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'state': 'closed'} | " + RestBodies.CLOSES_ISSUE,
                "{'state': 'CLOSED'} | " + RestBodies.CLOSES_ISSUE,
                "{'state': 'open'} | passed",
                "{'title': 'x'} | passed",
                "{'state': 'shut'} | state is not understood",
            })
    void issue(String body, String words) {
        assertThat(OURS.say(ISSUE, json(body))).startsWith(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'title': 't', 'head': 'x', 'base': 'main'} | passed",
                "{'head': 'octo:x', 'base': 'main'} | passed",
                "{'head': 'OCTO:x', 'base': 'o:main'} | passed",
                "{'head': 'octo:x', 'base': 'main', 'head_repo': 'allowed'} | passed",
                "{'head': 'x', 'base': 'main', 'head_repo': 'octo/allowed'} | passed",
                "{'head': 'x', 'base': 'main', 'head_repo': null} | passed",
                "{'head': 'evil:x', 'base': 'main'} | Repository not authorized: evil/…",
                "{'head': 'x', 'base': 'evil:main'} | Repository not authorized: evil/…",
                "{'head': 'x', 'base': 'main', 'head_repo': 'evil/fork'}"
                        + " | Repository not authorized: evil/fork",
                "{'head': 'x', 'base': 'main', 'head_repo': 'fork'}"
                        + " | Repository not authorized: o/fork",
                "{'head': 'octo:fork:x', 'base': 'main'} | head is not understood",
                "{'head': ['x'], 'base': 'main'} | head is an array",
                "{'head': 'x', 'base': 'main', 'head_repo': 5} | head_repo is a number",
            })
    void newPullRequest(String body, String words) {
        assertThat(OURS.say("POST /repos/o/r/pulls", json(body))).startsWith(words);
    }

    /** W-4, F-19: which branch and which path. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'message': 'm', 'content': 'eA==', 'branch': 'agent/x'} | passed",
                "{'branch': 'refs/heads/agent/x'} | passed",
                "{'branch': 'maintenance'} | passed",
                "{'branch': 'releases/1'} | passed",
                "{'branch': 'x', 'path': 'src/A.java'} | passed",
                "{'message': 'm', 'content': 'eA=='} | gh api: writes to the default branch",
                "{'branch': null} | gh api: writes to the default branch",
                "{'branch': ['x']} | gh api: writes to the default branch",
                "{'branch': 'main'} | Direct write to protected branch main is not allowed",
                "{'branch': 'Master'} | Direct write to protected branch Master",
                "{'branch': 'production'} | Direct write to protected branch production",
                "{'branch': 'release/1.0'} | Direct write to protected branch release/1.0",
                "{'branch': 'refs/heads/main'} | Direct write to protected branch main",
                "{'branch': ''} | branch is not the name of a branch",
                "{'branch': 'HEAD'} | branch is not the name of a branch",
                "{'branch': '@'} | branch is not the name of a branch",
                "{'branch': 'main^0'} | branch is not the name of a branch",
                "{'branch': 'main~0'} | branch is not the name of a branch",
                "{'branch': 'x@{0}'} | branch is not the name of a branch",
                "{'branch': '/main'} | branch is not the name of a branch",
                "{'branch': 'main/'} | branch is not the name of a branch",
                "{'branch': 'a//b'} | branch is not the name of a branch",
                "{'branch': 'a..b'} | branch is not the name of a branch",
                "{'branch': '-x'} | branch is not the name of a branch",
                "{'branch': ' main'} | branch is not the name of a branch",
                "{'branch': 'x', 'path': '.github/workflows/x.yml'}"
                        + " | path in the body is not the path of the URL",
            })
    void contents(String body, String words) {
        assertThat(OURS.say(FILE, json(body))).startsWith(words);
    }

    @ParameterizedTest
    @CsvSource({
        ".github/workflows/x.yml, true",
        ".github/workflows, true",
        ".GitHub/Workflows/x.yml, true",
        ".github/actions/a/action.yml, true",
        "%2Egithub/workflows/x.yml, true",
        "CODEOWNERS, true",
        ".github/CODEOWNERS, true",
        "docs/CODEOWNERS, true",
        "src/CODEOWNERS, false",
        ".github/ISSUE_TEMPLATE/x.md, false",
        ".github/workflowsx/a, false",
        "a/.github/workflows/x.yml, false",
    })
    void restrictedPaths(String path, boolean restricted) {
        assertThat(OURS.say("PUT /repos/o/r/contents/" + path, "{\"branch\": \"x\"}"))
                .isEqualTo(
                        restricted
                                ? "gh api: writes '"
                                        + path.replace("%2E", ".")
                                        + "', a restricted path"
                                : Calls.PASSED);
    }

    @Test
    void protectedBranchesOfTheRegistration() {
        Calls own = OURS.with("protected_branches", List.of("refs/heads/trunk", "v*"));
        assertThat(own.say(FILE, "{\"branch\": \"trunk\"}")).contains("protected branch trunk");
        assertThat(own.say(FILE, "{\"branch\": \"v/1\"}")).contains("protected branch v/1");
        assertThat(own.say(FILE, "{\"branch\": \"main\"}")).isEqualTo(Calls.PASSED);
        assertThat(OURS.with("protected_branches", "none").say(FILE, "{\"branch\": \"main\"}"))
                .contains("protected branch main");
        assertThat(OURS.with("protected_branches", List.of(1)).say(FILE, "{\"branch\": \"main\"}"))
                .contains("protected branch main");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tag_name", "target_commitish", "draft"})
    void aReleaseIsNeitherPublishedNorMoved(String member) {
        assertThat(OURS.say("PATCH /repos/o/r/releases/1", json("{'" + member + "': false}")))
                .startsWith("gh release edit: '" + member + "'");
        assertThat(OURS.say("PATCH /repos/o/r/releases/1", json("{'body': 'notes'}")))
                .isEqualTo(Calls.PASSED);
    }

    /** G-03. */
    @ParameterizedTest
    @ValueSource(strings = {REVIEWS, PULL, ISSUE, FILE})
    void bodyThatCannotBeReadInOneWay(String line) {
        String good = "{\"title\": \"x\", \"branch\": \"x\"}";
        String[] json = {"Content-Type", "application/json"};
        assertThat(OURS.say(line, good, json)).isEqualTo(Calls.PASSED);
        assertThat(OURS.say(line, good, "Content-Type", "APPLICATION/json ; charset=\"UTF-8\""))
                .isEqualTo(Calls.PASSED);
        for (String type :
                List.of(
                        "text/plain",
                        "application/x-www-form-urlencoded",
                        "application/jsonx",
                        "application/json; charset=utf-16",
                        "application/json, text/plain")) {
            assertThat(OURS.say(line, good, "Content-Type", type))
                    .isEqualTo("The body must be sent with Content-Type: application/json");
        }
        assertThat(OURS.say(line, good, new String[0])).contains("Content-Type");
        assertThat(OURS.say(line, good, json[0], json[1], json[0], json[1]))
                .contains("Content-Type");
        assertThat(OURS.say(line, good, json[0], json[1], "Content-Encoding", "gzip"))
                .isEqualTo("Compressed bodies are not allowed here");
        assertThat(OURS.say(line, good, json[0], json[1], "Content-Encoding", "identity"))
                .isEqualTo("Compressed bodies are not allowed here");
        assertThat(OURS.say(line, "", json))
                .isEqualTo("A body is expected here, and there is none");
        assertThat(OURS.say(line, "{bad", json)).startsWith("The body is not JSON");
        assertThat(OURS.say(line, "[]", json)).isEqualTo("The body is not a JSON object");
        assertThat(OURS.say(line, "\ufeff" + good, json)).contains("byte order mark");
        assertThat(OURS.say(line, "{\"state\": \"x\", \"st\\u0061te\": \"y\"}", json))
                .contains("a name twice");
    }

    @Test
    void largeFileHasTheAdviceToUseGit() {
        String body = "{\"content\": \"" + "A".repeat(JsonBody.MAX_BYTES) + "\"}";
        var denial =
                OURS.decide("api.github.com", FILE, body, "Content-Type", "application/json")
                        .orElseThrow();
        assertThat(denial.refusal().code()).isEqualTo(ErrorCode.BODY_TOO_LARGE);
        assertThat(denial.refusal().remedy()).isEqualTo("use git push for large files");
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }
}
