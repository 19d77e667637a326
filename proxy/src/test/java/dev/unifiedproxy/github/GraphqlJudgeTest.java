package dev.unifiedproxy.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.stream.Stream;

/** {@link GraphqlJudge}: mutations by their table, queries by whose repository they read. */
final class GraphqlJudgeTest {
    private static final Calls OURS = Calls.ours();
    private static final Calls PULLS = OURS.allowingPullRequests();

    private static String refused(String mutation) {
        return "GraphQL mutation '" + mutation + "' is not permitted";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "createIssue",
                "reopenIssue",
                "addComment",
                "updateIssueComment",
                "createLabel",
                "addLabelsToLabelable",
                "removeLabelsFromLabelable",
                "addAssigneesToAssignable",
                "removeAssigneesFromAssignable",
                "addReaction",
                "removeReaction",
                "addStar",
                "removeStar",
                "updateIssue",
                "__typename"
            })
    void allowedMutation(String name) {
        assertThat(OURS.graphql("mutation { " + name + "(input: {a: \"b\"}) { x } }"))
                .isEqualTo(Calls.PASSED);
        assertThat(OURS.graphql("mutation { a: " + name + "x(input: {}) { x } }"))
                .isEqualTo(refused(name + "x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "createPullRequest",
                "updatePullRequest",
                "markPullRequestReadyForReview",
                "convertPullRequestToDraft",
                "requestReviews",
                "addPullRequestReviewComment",
                "updatePullRequestReviewComment",
                "addPullRequestReviewThread",
                "addPullRequestReviewThreadReply",
                "resolveReviewThread",
                "unresolveReviewThread",
                "addPullRequestReview",
                "submitPullRequestReview"
            })
    void pullRequestMutation(String name) {
        String query = "mutation { " + name + "(input: {a: \"b\"}) { x } }";
        assertThat(OURS.graphql(query)).isEqualTo(refused(name));
        assertThat(PULLS.graphql(query)).isEqualTo(Calls.PASSED);
        assertThat(MutationTable.condition(name)).isPresent();
    }

    /** G-05, W-4, threat 92, and what GitHub offers beside. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "mergePullRequest",
                "enablePullRequestAutoMerge",
                "disablePullRequestAutoMerge",
                "updatePullRequestBranch",
                "reopenPullRequest",
                "closePullRequest",
                "closeIssue",
                "dismissPullRequestReview",
                "deletePullRequestReview",
                "createCommitOnBranch",
                "mergeBranch",
                "enqueuePullRequest",
                "createRef",
                "updateRef",
                "updateRefs",
                "deleteRef",
                "updateBranchProtectionRule",
                "deleteBranchProtectionRule",
                "createRepository",
                "cloneTemplateRepository",
                "updateRepository",
                "archiveRepository",
                "deleteIssue",
                "transferIssue",
                "createDeployment",
                "approveDeployments",
                "addEnterpriseAdmin",
                "createProjectV2",
                "revertPullRequest",
                "CREATEISSUE",
                "createissue",
            })
    void everyOtherMutationIsRefused(String name) {
        String query = "mutation { " + name + "(input: {id: \"x\"}) { clientMutationId } }";
        assertThat(PULLS.graphql(query)).isEqualTo(refused(name));
        assertThat(
                        PULLS.decide(
                                        "api.github.com",
                                        "POST /graphql",
                                        Calls.body(query, "{}"),
                                        "Content-Type",
                                        "application/json")
                                .orElseThrow()
                                .refusal()
                                .code())
                .isEqualTo(ErrorCode.GITHUB_GRAPHQL);
    }

    private static final String MERGE = "mergePullRequest(input: {pullRequestId: \"x\"}) { a }";

    /** G-09, W-8, threat 93: a mutation in disguise. */
    static Stream<String> disguises() {
        return Stream.of(
                "mutation{mergePullRequest,(input:{pullRequestId:\"x\"}){a}}",
                "mutation{mergePullRequest#x\n(input:{pullRequestId:\"x\"}){a}}",
                "mutation{mergePullRequest#x\r(input:{pullRequestId:\"x\"}){a}}",
                "mutation{mergePullRequest\t \r\n(input:{pullRequestId:\"x\"}){a}}",
                "mutation{createIssue:" + MERGE + "}",
                "mutation($a:String=\"\"\"\n# {\"\"\"){" + MERGE + "}",
                "mutation{addComment(input:{body:\"\"\"#\"\"\"}){a} " + MERGE + "}",
                "mutation{addComment(input:{body:\"#\"}){a} " + MERGE + "}",
                "mutation{addComment(input:{body:\"\\\"\"}){a} " + MERGE + "}",
                "mutation{...on Mutation{" + MERGE + "}}",
                "mutation{...{...{" + MERGE + "}}}",
                "mutation{... @include(if: false){" + MERGE + "}}",
                "mutation{" + MERGE.replace(") {", ") @skip(if: true) {") + "}",
                "mutation{...f} fragment f on Mutation{" + MERGE + "}",
                "mutation{...f} fragment f on Mutation{...g} fragment g on Mutation{...f "
                        + MERGE
                        + "}",
                "fragment f on Mutation{"
                        + MERGE
                        + "} mutation M @x{a:__typename ...f @skip(if:1)}",
                "mutation{addComment(input:{}){a} b:addComment(input:{}){a} c:" + MERGE + "}");
    }

    @ParameterizedTest
    @MethodSource("disguises")
    void disguisedMutation(String query) {
        assertThat(PULLS.graphql(query)).isEqualTo(refused("mergePullRequest"));
    }

    /** G-11: text that mentions one. */
    @Test
    void textThatMentionsAMutationPasses() {
        assertThat(
                        OURS.graphql(
                                "mutation($i: AddCommentInput!) { addComment(input: $i) { a } }",
                                "{\"i\": {\"body\": \"mutation{mergePullRequest(input:{})}\"}}"))
                .isEqualTo(Calls.PASSED);
        assertThat(OURS.graphql("{viewer{login}} # mergePullRequest(")).isEqualTo(Calls.PASSED);
        assertThat(OURS.graphql("{search(query:\"mergePullRequest(\"){issueCount}}"))
                .isEqualTo(Calls.PASSED);
        assertThat(OURS.graphql("{mergePullRequest}")).as("in a query").isEqualTo(Calls.PASSED);
        assertThat(OURS.graphql("mutation{addStar(input:{}){mergePullRequest}}"))
                .isEqualTo(Calls.PASSED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{event: COMMENT} | {} | yes",
                "{event: REQUEST_CHANGES} | {} | yes",
                "{event: null} | {} | yes",
                "{body: \"APPROVE\"} | {} | yes",
                "{event: APPROVE} | {} | no",
                "{event: \"approve\"} | {} | no",
                "{event: DISMISS} | {} | no",
                "{event: [APPROVE]} | {} | no",
                "{event: $e} | {\"e\": \"COMMENT\"} | yes",
                "{event: $e} | {\"e\": \"APPROVE\"} | no",
                "{event: $e} | {} | yes",
                "{event: $d} | {} | no",
                "{event: $d} | {\"d\": \"COMMENT\"} | yes",
                "{event: $d} | {\"d\": null} | yes",
                "$i | {\"i\": {\"event\": \"COMMENT\"}} | yes",
                "$i | {\"i\": {\"event\": \"APPROVE\"}} | no",
            })
    void reviewEvent(String input, String variables, String passes) {
        for (String name : new String[] {"addPullRequestReview", "submitPullRequestReview"}) {
            String query =
                    "mutation($i: X, $e: E, $d: E = APPROVE) { "
                            + name
                            + "(input: "
                            + input
                            + ") { x } }";
            assertThat(PULLS.graphql(query, variables))
                    .isEqualTo(passes.equals("yes") ? Calls.PASSED : refused(name));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "updateIssue | {title: \"CLOSED\"} | passed",
                "updateIssue | {state: OPEN} | passed",
                "updateIssue | {state: CLOSED} | " + RestBodies.CLOSES_ISSUE,
                "updateIssue | {state: 1} | GraphQL mutation 'updateIssue' is not permitted",
                "updatePullRequest | {title: \"x\"} | passed",
                "updatePullRequest | {state: CLOSED} | " + RestBodies.CLOSES_PULL,
                "updatePullRequest | {state: OPEN} | " + RestBodies.REOPENS,
                "updatePullRequest | {state: X}"
                        + " | GraphQL mutation 'updatePullRequest' is not permitted",
                "updateIssue | 5 | GraphQL request cannot be judged: the input of updateIssue is"
                        + " not an object",
                "updateIssue | $i | GraphQL request cannot be judged: the input of updateIssue is"
                        + " not an object",
            })
    void state(String name, String input, String words) {
        assertThat(PULLS.graphql("mutation($i: I) { " + name + "(input: " + input + ") { x } }"))
                .isEqualTo(words);
    }

    /** W-6 for queries. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{viewer{login}} | yes",
                "{__schema{types{name}}} | yes",
                "{rateLimit{remaining}} | yes",
                "{node(id: \"x\"){id}} | yes",
                "{repository(owner: \"octo\", name: \"allowed\"){id}} | yes",
                "{repository(owner: \"Octo\", name: \"Allowed.git\"){id}} | yes",
                "{repository(owner: $o, name: $n){id}} | yes",
                "{repository(owner: $o, name: \"other\"){id}} | no",
                "{repository(owner: $x, name: \"allowed\"){id}} | no",
                "{repository(owner: \"octo\"){id}} | no",
                "{repository{id}} | no",
                "{a: repository(owner: \"evil\", name: \"x\"){id}} | no",
                "{viewer{login} ...{repository(owner: \"evil\", name: \"x\"){id}}} | no",
                "{resource(url: \"https://github.com/octo/allowed/issues/1\"){url}} | yes",
                "{resource(url: \"https://github.com/octo/allowed\"){url}} | yes",
                "{resource(url: \"https://github.com/octo/other/issues/1\"){url}} | no",
                "{resource(url: \"https://github.com/octo\"){url}} | no",
                "{resource(url: \"http://github.com/octo/allowed\"){url}} | no",
                "{resource(url: 5){url}} | no",
                "{repository(owner: \"o\", name: \"r\"){object(expression: \"HEAD\"){id}}} | yes",
                "{repository(owner: \"o\", name: \"r\"){parent{id owner{login}}}} | yes",
                "{repository(owner: \"o\", name: \"r\"){parent{object(expression: \"x\"){id}}}}"
                        + " | no",
                "{repository(owner: \"o\", name: \"r\"){owner{repositories{nodes{object{id}}}}}}"
                        + " | no",
                "{repository(owner: \"o\", name: \"r\"){ref{target{...f}}}} fragment f on Commit"
                        + "{file(path: \"a\"){extension}} | yes",
                "{viewer{repositories{nodes{name}}}} | yes",
                "{viewer{repositories{nodes{object(expression: \"HEAD:x\"){id}}}}} | no",
                "{viewer{repository(name: \"x\"){id}}} | no",
                "{organization(login: \"x\"){repository(name: \"y\"){id}}} | no",
                "{node(id: \"x\"){... on Repository{object(expression: \"HEAD:x\"){id}}}} | no",
                "{node(id: \"x\"){... on Commit{tree{entries{name}}}}} | no",
                "{node(id: \"x\"){... on PullRequest{repository{id}}}} | yes",
                "{search(query: \"x\", type: REPOSITORY){nodes{...f}}} fragment f on Repository"
                        + "{object{id}} | no",
                "{repository(owner: \"o\", name: \"r\"){...f} viewer{...f}} fragment f on X"
                        + "{object{id}} | no",
                "mutation{addComment(input: {}){subject{repository{object{id}}}}} | no",
            })
    void repositoriesOfQueries(String query, String passes) {
        String named =
                query.startsWith("{")
                        ? "query($o: String!, $n: String! = \"allowed\", $x: String) " + query
                        : query;
        String variables = "{\"o\": \"octo\"}";
        if (passes.equals("yes")) {
            assertThat(OURS.graphql(named, variables)).isEqualTo(Calls.PASSED);
        } else {
            assertThat(
                            OURS.decide(
                                            "api.github.com",
                                            "POST /graphql",
                                            Calls.body(named, variables),
                                            "Content-Type",
                                            "application/json")
                                    .orElseThrow()
                                    .refusal()
                                    .code())
                    .isEqualTo(ErrorCode.GITHUB_REPOSITORY);
        }
        assertThat(OURS.with("github_read", "any").graphql(named, variables))
                .isEqualTo(Calls.PASSED);
    }

    @Test
    void refusalShowsNoMoreOfAForeignNameThanIsSafe() {
        assertThat(OURS.graphql("{repository(owner: \"a\\n<b>\", name: \"x\"){id}}"))
                .isEqualTo("Repository not authorized: a??b?/x");
        assertThat(
                        OURS.graphql(
                                "{repository(owner: \""
                                        + "a".repeat(200)
                                        + "\", name: \"x\"){id}}"))
                .hasSizeLessThan(150);
    }
}
