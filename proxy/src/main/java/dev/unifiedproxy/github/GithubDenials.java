package dev.unifiedproxy.github;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.policy.Decision;

/** The words of every denial about GitHub. */
final class GithubDenials {
    static final String TYPE = "github";

    private static final String TABLE = "github";
    private static final String HUMAN = "ask the operator of this sandbox to do it";

    private GithubDenials() {}

    static Decision.Deny listed(String words) {
        return operation(words, HUMAN);
    }

    static Decision.Deny unlisted(Method method, ApiCall call) {
        return operation(
                "gh api: raw API access not permitted (" + method + " " + call.shown() + ")",
                HUMAN);
    }

    static Decision.Deny noPullRequests() {
        return operation(
                "PR operations blocked by sandbox policy. Use --allow-pr flag to enable.",
                "register the sandbox with \"allow_pr\": true, or set ALLOW_PR_OPERATIONS=true");
    }

    static Decision.Deny operation(String words, String remedy) {
        return deny(ErrorCode.GITHUB_OPERATION, words, remedy);
    }

    static Decision.Deny repository(String name, boolean reading) {
        return deny(
                ErrorCode.GITHUB_REPOSITORY,
                "Repository not authorized: " + name,
                "register the sandbox with it in \"repos\""
                        + (reading ? ", or with \"github_read\": \"any\"" : ""));
    }

    static Decision.Deny repositoryNumber(String number) {
        return deny(
                ErrorCode.GITHUB_REPOSITORY,
                "Repository not authorized: number " + number,
                "use /repos/OWNER/NAME with ?page=, or register the sandbox with the number in"
                        + " \"repo_ids\"");
    }

    static Decision.Deny contentsElsewhere(String what) {
        return deny(
                ErrorCode.GITHUB_REPOSITORY,
                what + " reads outside the container's repositories",
                "ask for it below repository(owner:, name:) of a repository in \"repos\", or"
                        + " register the sandbox with \"github_read\": \"any\"");
    }

    static Decision.Deny graphql(String words, String remedy) {
        return deny(ErrorCode.GITHUB_GRAPHQL, words, remedy);
    }

    static Decision.Deny graphql(String words) {
        return graphql(words, HUMAN);
    }

    static Decision.Deny mutation(String name, String remedy) {
        return graphql("GraphQL mutation '" + name + "' is not permitted", remedy);
    }

    static Decision.Deny mutation(String name) {
        return mutation(name, HUMAN);
    }

    static Decision.Deny bodyTooLarge(long length, int maxBytes) {
        return deny(
                ErrorCode.BODY_TOO_LARGE,
                "The body has " + length + " bytes (expected: at most " + maxBytes + ")",
                "use git push for large files");
    }

    private static Decision.Deny deny(ErrorCode code, String words, String remedy) {
        return new Decision.Deny(TYPE, new Refusal(code, words, TABLE, remedy));
    }
}
