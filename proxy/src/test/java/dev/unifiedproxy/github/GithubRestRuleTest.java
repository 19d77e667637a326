package dev.unifiedproxy.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.Method;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every row of the tables of REST, and whoever tries to get around them. */
final class GithubRestRuleTest {
    private static final Calls OURS = Calls.ours();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DELETE /repos/o/r | gh repo delete: permanently destroys repository",
                "DELETE /repos/o/r/releases/1 | gh release delete: removes release artifacts",
                "POST /repos/o/r/releases | GitHub release creation is blocked by policy",
                "DELETE /repos/o/r/git/refs/heads/x | gh api: deletes branch/tag (history loss)",
                "DELETE /repos/o/r/git/refs/tags/v1 | gh api: deletes branch/tag (history loss)",
                "PATCH /repos/o/r/git/refs/heads/x | gh api: force updates ref (history rewrite)",
                "POST /repos/o/r/git/refs | gh api: creates git ref (use git push instead)",
                "PUT /repos/o/r/pulls/1/merge"
                        + " | gh pr merge: merges pull request (requires human approval)",
                "PUT /repos/o/r/pulls/1/auto-merge"
                        + " | auto-merge: enables automatic merge (requires human approval)",
                "DELETE /repos/o/r/pulls/1/auto-merge"
                        + " | auto-merge: disables automatic merge (requires human approval)",
                "DELETE /repos/o/r/pulls/1/reviews/123"
                        + " | review deletion: removes review (requires human approval)",
                "PUT /repos/o/r/pulls/1/reviews/2/dismissals"
                        + " | review dismissal: dismisses review (requires human approval)",
                "POST /repos/o/r/merges | gh api: creates merge commit (requires human approval)",
                "DELETE /repos/o/r/branches/main/protection | gh api: removes branch protection",
                "PUT /repos/o/r/branches/main/protection | gh api: modifies branch protection",
                "POST /repos/o/r/branches/main/protection/x"
                        + " | gh api: creates branch protection rule",
                "DELETE /repos/o/r/branches/a/b/protection/x | gh api: removes branch protection",
                "GET /repos/o/r/actions/secrets | gh secret: accesses repository secrets",
                "HEAD /repos/o/r/actions/secrets | gh secret: accesses repository secrets",
                "PUT /repos/o/r/actions/secrets/X | gh secret: modifies repository secrets",
                "DELETE /repos/o/r/actions/secrets/X | gh secret: deletes repository secrets",
                "GET /repos/o/r/actions/variables | gh variable: accesses repository variables",
                "POST /repos/o/r/actions/variables | gh variable: creates repository variables",
                "PATCH /repos/o/r/actions/variables/X | gh variable: modifies repository variables",
                "DELETE /repos/o/r/actions/variables/X | gh variable: deletes repository variables",
                "GET /orgs/o/actions/secrets | gh secret: accesses organization secrets",
                "PUT /orgs/o/actions/secrets/X | gh secret: modifies organization secrets",
                "DELETE /orgs/o/actions/secrets/X | gh secret: deletes organization secrets",
                "GET /orgs/o/dependabot/secrets | gh secret: accesses organization secrets",
                "GET /orgs/o/actions/variables | gh variable: accesses organization variables",
                "POST /orgs/o/actions/variables | gh variable: creates organization variables",
                "PATCH /orgs/o/actions/variables/X | gh variable: modifies organization variables",
                "DELETE /orgs/o/actions/variables/X | gh variable: deletes organization variables",
                "GET /repos/o/r/environments/e/secrets | gh secret: accesses environment secrets",
                "PUT /repos/o/r/environments/e/secrets/X"
                        + " | gh secret: modifies environment secrets",
                "DELETE /repos/o/r/environments/e/secrets/X"
                        + " | gh secret: deletes environment secrets",
                "GET /repos/o/r/environments/e/variables"
                        + " | gh variable: accesses environment variables",
                "POST /repos/o/r/environments/e/variables"
                        + " | gh variable: creates environment variables",
                "PATCH /repos/o/r/environments/e/variables/X"
                        + " | gh variable: modifies environment variables",
                "DELETE /repos/o/r/environments/e/variables/X"
                        + " | gh variable: deletes environment variables",
                "GET /repos/o/r/dependabot/secrets | gh secret: accesses dependabot secrets",
                "PUT /repos/o/r/dependabot/secrets/X | gh secret: modifies dependabot secrets",
                "DELETE /repos/o/r/dependabot/secrets/X | gh secret: deletes dependabot secrets",
                "GET /repos/o/r/codespaces/secrets | gh secret: accesses codespaces secrets",
                "PUT /repos/o/r/codespaces/secrets/X | gh secret: modifies codespaces secrets",
                "DELETE /repos/o/r/codespaces/secrets/X | gh secret: deletes codespaces secrets",
                "GET /repos/o/r/actions/organization-secrets"
                        + " | gh secret: accesses organization secrets",
                "GET /user/codespaces/secrets | gh secret: accesses codespaces secrets",
                "POST /gists | gh gist: publishes outside the repository (requires human approval)",
                "PATCH /gists/1"
                        + " | gh gist: publishes outside the repository (requires human approval)",
                "GET /repos/o/r/hooks | Path '/repos/o/r/hooks' is blocked by policy",
                "GET /repos/o/r/hooks/5 | Path '/repos/o/r/hooks/5' is blocked by policy",
                "GET /repos/o/r/keys | Path '/repos/o/r/keys' is blocked by policy",
                "GET /repos/o/r/deploy_keys/1"
                        + " | Path '/repos/o/r/deploy_keys/1' is blocked by policy",
                "GET /repos/o/r/branches/a/b/protection"
                        + " | Path '/repos/o/r/branches/a/b/protection' is blocked by policy",
                "GET /repos/o/r/branches/main/rename"
                        + " | Path '/repos/o/r/branches/main/rename' is blocked by policy",
                "GET /repos/o/r/environments/e/deployment-branch-policy"
                        + " | Path '/repos/o/r/environments/e/deployment-branch-policy' is blocked"
                        + " by policy",
                "POST /repos/o/r/pulls"
                        + " | PR operations blocked by sandbox policy. Use --allow-pr flag to"
                        + " enable.",
                "POST /repos/o/r/pulls/1/comments"
                        + " | PR operations blocked by sandbox policy. Use --allow-pr flag to"
                        + " enable.",
                "PATCH /repos/o/r/pulls/1"
                        + " | PR operations blocked by sandbox policy. Use --allow-pr flag to"
                        + " enable.",
            })
    void denied(String line, String words) {
        assertThat(OURS.say(line)).isEqualTo(words);
        assertThat(OURS.say(line + "?x=1")).as("with a query").contains(words.substring(0, 8));
        assertThat(OURS.on(Calls.ENTERPRISE, line.replace(" /", " /api/v3/")))
                .as("on an Enterprise host")
                .contains(words.substring(0, 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /",
                "GET /meta",
                "GET /repos/o/r",
                "GET /repos/O/R",
                "GET /repos/octo/allowed.git",
                "HEAD /repos/o/r",
                "GET /repos/o/r/",
                "GET /repos/o/r/pulls",
                "GET /repos/o/r/pulls/1/files",
                "GET /repos/o/r/pulls/1/commits",
                "GET /repos/o/r/readme",
                "GET /repos/o/r/commits/x/status",
                "GET /repos/o/r/contents/.github/workflows/ci.yml",
                "GET /repos/o/r/contents/secrets",
                "GET /repos/o/r/branches/protection-of-nature",
                "GET /repos/o/r/hooksfile",
                "GET /repos/o/r/compare/main...x",
                "GET /repos/o/r/compare/main...octo:x",
                "GET /repos/o/r/compare/main...octo:allowed:x",
                "GET /repos/o/r/actions/runs",
                "POST /repos/o/r/issues",
                "POST /repos/o/r/issues/1/comments",
                "POST /repos/o/r/git/blobs",
                "POST /repos/o/r/git/trees",
                "POST /repos/o/r/git/commits",
                "POST /repos/o/r/git/tags",
                "POST /repos/o/r/releases/1/assets?name=x",
                "POST /repos/o/r/labels",
                "POST /repos/o/r/milestones",
                "POST /repos/o/r/check-runs",
                "POST /repos/o/r/statuses/abc",
                "PATCH /repos/o/r/check-runs/1",
                "GET /user",
                "GET /user/repos",
                "GET /users/x",
                "GET /users/x/repos",
                "GET /search/issues?q=x",
                "GET /orgs/x",
                "GET /orgs/x/repos",
                "GET /rate_limit",
                "GET /gists",
                "GET /gists/1",
                "GET /notifications",
                "PATCH /notifications/threads/1",
                "PUT /notifications",
                "PUT /user/starred/x/y",
                "DELETE /user/starred/o/r",
            })
    void allowed(String line) {
        assertThat(OURS.say(line)).isEqualTo(Calls.PASSED);
        assertThat(OURS.on(Calls.ENTERPRISE, line.replace(" /", " /api/v3/")))
                .isEqualTo(Calls.PASSED);
        assertThat(OURS.on("uploads.github.com", line))
                .isEqualTo(
                        line.contains("/assets")
                                ? Calls.PASSED
                                : unlisted(line.replaceFirst("[?].*", "")));
    }

    /** What no table has: W-4, W-5, threat 92, F-20, F-26. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /repos/o/r/hooks",
                "PUT /repos/o/r/collaborators/evil",
                "DELETE /repos/o/r/contents/f",
                "POST /repos/o/r/forks",
                "POST /repos/o/r/dispatches",
                "POST /repos/o/r/actions/workflows/1/dispatches",
                "POST /repos/o/r/merge-upstream",
                "PUT /repos/o/r/pulls/1/update-branch",
                "POST /repos/o/r/pulls/1/requested_reviewers",
                "PUT /repos/o/r/pulls/1/reviews/2",
                "PATCH /repos/o/r",
                "POST /repos/o/r",
                "POST /repos/o/r/keys",
                "DELETE /repos/o/r/hooks/1",
                "POST /repos/o/r/transfer",
                "POST /repos/o/r/branches/main/rename",
                "PATCH /repos/o/r/branches/main/protection",
                "DELETE /repos/o/r/releases/assets/1",
                "DELETE /repos/o/r/issues/comments/1",
                "PUT /repos/o/r/actions/permissions",
                "POST /repos/o/r/rulesets",
                "POST /repos/o/r/generate",
                "POST /repos/o/r/deployments",
                "POST /repos/o/r/pages",
                "POST /repos/o/r/issues/1/comments/x",
                "OPTIONS /repos/o/r",
                "GET /repos/o",
                "GET /repos",
                "POST /user/repos",
                "POST /user/keys",
                "POST /orgs/o/repos",
                "PUT /user/following/x",
                "DELETE /gists/1",
                "PUT /gists/1/star",
                "GET /organizations/1",
                "GET /networks/o/r/events",
                "GET /graphql2",
                "POST /graphql/x",
                "POST /api/graphql",
                "GET /api/v3/repos/o/r",
                "GET /Repos/o/r",
                "POST /repos/o/r/Issues",
            })
    void whatNoTableHasIsRefused(String line) {
        assertThat(OURS.allowingPullRequests().say(line)).isEqualTo(unlisted(line));
    }

    private static String unlisted(String line) {
        return "gh api: raw API access not permitted (" + line + ")";
    }

    /** W-9, W-10, W-11, D-16, F-06: spellings of one path. */
    @ParameterizedTest
    @CsvSource({
        "GET /repos/o/r/actions/%73ecrets, gh secret: accesses repository secrets",
        "GET /repos/o/r/actions/secrets/, gh secret: accesses repository secrets",
        "GET /repos/o/r/Actions/SECRETS, gh secret: accesses repository secrets",
        "GET /repos/o/r/actions/secrets.json, gh secret: accesses repository secrets",
        "GET /repos/o/r/actions/secrets%20, gh secret: accesses repository secrets",
        "PUT /repos/o/r/pulls/1/%6Derge,"
                + " gh pr merge: merges pull request (requires human approval)",
        "PUT /repos/o/r/pulls/1/merge/,"
                + " gh pr merge: merges pull request (requires human approval)",
        "POST /repos/o/r/releases?x, GitHub release creation is blocked by policy",
        "GET /%72epos/o/r/hooks, Path '/repos/o/r/hooks' is blocked by policy",
        "GET /repos/o/r/actions%2Fsecrets,"
                + " Path '/repos/o/r/actions%2Fsecrets' can be read in more than one way",
        "GET /repos/o/r;x/hooks, Path '/repos/o/r;x/hooks' can be read in more than one way",
        "GET /repos/o/r/%2573ecrets,"
                + " Path '/repos/o/r/%2573ecrets' can be read in more than one way",
    })
    void spellingsAreOnePath(String line, String words) {
        assertThat(OURS.say(line)).isEqualTo(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-HTTP-Method-Override", "x-http-method", "X-Method-Override"})
    void anotherMethodIsNotAskedFor(String field) {
        assertThat(OURS.say("POST /repos/o/r/issues", "{}", field, "DELETE"))
                .isEqualTo(
                        "Field '"
                                + MethodOverrides.first(fields(field)).orElseThrow()
                                + "' asks for another method");
    }

    private static Headers fields(String name) {
        return Headers.of(name, "x");
    }

    /** W-6: a call is about the container's repositories. */
    @ParameterizedTest
    @CsvSource({
        "POST /repos/other/repo/issues, other/repo",
        "GET /repos/other/repo, other/repo",
        "GET /repos/octo/allowedx, octo/allowedx",
        "GET /repos/octo/allowed%20, octo/allowed%20",
        "GET /repos/other/repo/contents/x, other/repo",
        "GET /repos/o/r/compare/main...evil:x, evil/…",
        "GET /repos/o/r/compare/main...evil%3Ax, evil/…",
        "GET /repos/o/r/compare/octo:private:main...x, octo/…",
    })
    void otherRepositoriesAreRefused(String line, String name) {
        var denial = OURS.decide("api.github.com", line, "").orElseThrow();
        assertThat(denial.refusal().detail()).isEqualTo("Repository not authorized: " + name);
        assertThat(denial.refusal().code()).isEqualTo(ErrorCode.GITHUB_REPOSITORY);
        assertThat(denial.type()).isEqualTo(GithubDenials.TYPE);
    }

    @Test
    void aContainerWithoutRepositoriesHasNone() {
        assertThat(new Calls(Map.of(), false).say("GET /repos/o/r"))
                .isEqualTo("Repository not authorized: o/r");
    }

    @Test
    void readsAreWidenedByMetadataAndWritesAreNot() {
        Calls reader = OURS.with("github_read", "any");
        assertThat(reader.say("GET /repos/other/repo/contents/x")).isEqualTo(Calls.PASSED);
        assertThat(reader.say("GET /repositories/1/issues")).isEqualTo(Calls.PASSED);
        assertThat(reader.say("GET /repos/other/repo/hooks")).contains("is blocked by policy");
        assertThat(reader.say("POST /repos/other/repo/issues"))
                .isEqualTo("Repository not authorized: other/repo");
        assertThat(OURS.with("github_read", "ANY").say("GET /repos/other/repo"))
                .isEqualTo("Repository not authorized: other/repo");
    }

    /** By number the same rules hold, and it must be a number that the registration names. */
    @Test
    void repositoryByNumber() {
        assertThat(OURS.say("GET /repositories/7/issues?page=2"))
                .isEqualTo("Repository not authorized: number 7");
        Calls numbered = OURS.with("repo_ids", List.of(7, "8"));
        assertThat(numbered.say("GET /repositories/7/issues?page=2")).isEqualTo(Calls.PASSED);
        assertThat(numbered.say("GET /repositories/8")).isEqualTo(Calls.PASSED);
        assertThat(numbered.say("GET /repositories/9"))
                .isEqualTo("Repository not authorized: number 9");
        assertThat(numbered.say("GET /repositories/7/actions/secrets"))
                .isEqualTo("gh secret: accesses repository secrets");
        assertThat(numbered.say("POST /repositories/7/issues"))
                .isEqualTo("Repository not authorized: number 7");
        assertThat(numbered.say("DELETE /repositories/7"))
                .isEqualTo("gh repo delete: permanently destroys repository");
        assertThat(numbered.say("GET /repositories")).isEqualTo(unlisted("GET /repositories"));
    }

    @Test
    void pullRequestsAreOpenedByTheRegistrationElseByTheOperator() {
        String line = "POST /repos/o/r/pulls/1/comments";
        Calls operator = new Calls(OURS.metadata(), true);
        assertThat(operator.say(line)).isEqualTo(Calls.PASSED);
        assertThat(OURS.allowingPullRequests().say(line)).isEqualTo(Calls.PASSED);
        assertThat(operator.with("allow_pr", false).say(line)).contains("PR operations blocked");
        assertThat(operator.with("allow_pr", "true").say(line)).contains("PR operations blocked");
        assertThat(OURS.allowingPullRequests().say("POST /repos/x/y/pulls/1/comments"))
                .isEqualTo("Repository not authorized: x/y");
    }

    /**
     * Pages and git of an Enterprise host are none of the API's business; what looks like it is.
     */
    @Test
    void enterpriseHost() {
        assertThat(OURS.on(Calls.ENTERPRISE, "GET /other/repo.git/info/refs"))
                .isEqualTo(Calls.PASSED);
        assertThat(OURS.on(Calls.ENTERPRISE, "GET /")).isEqualTo(Calls.PASSED);
        assertThat(OURS.on(Calls.ENTERPRISE, "POST /api/uploads/repos/o/r/releases/1/assets"))
                .isEqualTo(Calls.PASSED);
        for (String line :
                List.of(
                        "GET /api/uploads/repos/o/r",
                        "GET /api/v4/repos/o/r",
                        "GET /API/v3/repos/o/r",
                        "POST /api/v3/graphql",
                        "GET /api")) {
            assertThat(OURS.on(Calls.ENTERPRISE, line)).isEqualTo(unlisted(line));
        }
        assertThat(OURS.on(Calls.ENTERPRISE, "GET /api%2Fv3/repos/o/r"))
                .contains("can be read in more than one way");
        assertThat(OURS.on("other.example", "DELETE /api/v3/repos/o/r")).isEqualTo(Calls.PASSED);
        assertThat(OURS.on("github.com", "DELETE /repos/o/r")).isEqualTo(Calls.PASSED);
    }

    /** W-9, F-23: a dot behind the name, and case, are the same host. */
    @ParameterizedTest
    @ValueSource(strings = {"api.github.com.", "API.GitHub.com"})
    void spellingsOfTheHost(String host) {
        assertThat(OURS.on(host, "DELETE /repos/o/r"))
                .isEqualTo("gh repo delete: permanently destroys repository");
    }

    @Test
    void concernsGitHubsHostsAlone() {
        GithubRestRule rule = new GithubRestRule(new GithubHosts(Set.of()), false);
        assertThat(rule.concerns(Host.parse("uploads.github.com"))).isTrue();
        assertThat(rule.concerns(Host.parse("github.com"))).isFalse();
        assertThat(rule.concerns(Host.parse(Calls.ENTERPRISE))).isFalse();
    }

    @Test
    void aLongPathIsCutInMessages() {
        String words = OURS.say("PUT /" + "a".repeat(500));
        assertThat(words).hasSizeLessThan(260).endsWith("…)");
    }

    @Test
    void everyRowOfTheTablesCanBeReached() {
        ApiCall call = new ApiCall(ApiCall.Door.REST, List.of("rate_limit"), "/rate_limit");
        assertThat(RestTable.allowance(Method.HEAD, call)).isPresent();
        assertThat(RestTable.denial(Method.GET, call)).isEmpty();
    }
}
