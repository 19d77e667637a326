package dev.unifiedproxy.github;

import java.util.Map;
import java.util.Optional;

/** The mutations of GitHub's GraphQL API that may run; every other one is refused. */
final class MutationTable {
    /** On what condition. */
    enum Condition {
        /** None. */
        NONE,
        /** Its {@code state}, if any, is OPEN. */
        ISSUE_STAYS_OPEN,
        /** Pull requests are allowed. */
        PULL_REQUESTS,
        /** They are, and it has no {@code state}. */
        PULL_STATE_STAYS,
        /** They are, and its {@code event}, if any, is COMMENT or REQUEST_CHANGES. */
        REVIEW
    }

    private static final Map<String, Condition> ALLOWED =
            Map.ofEntries(
                    Map.entry("createIssue", Condition.NONE),
                    Map.entry("updateIssue", Condition.ISSUE_STAYS_OPEN),
                    Map.entry("reopenIssue", Condition.NONE),
                    Map.entry("addComment", Condition.NONE),
                    Map.entry("updateIssueComment", Condition.NONE),
                    Map.entry("createLabel", Condition.NONE),
                    Map.entry("addLabelsToLabelable", Condition.NONE),
                    Map.entry("removeLabelsFromLabelable", Condition.NONE),
                    Map.entry("addAssigneesToAssignable", Condition.NONE),
                    Map.entry("removeAssigneesFromAssignable", Condition.NONE),
                    Map.entry("addReaction", Condition.NONE),
                    Map.entry("removeReaction", Condition.NONE),
                    Map.entry("addStar", Condition.NONE),
                    Map.entry("removeStar", Condition.NONE),
                    Map.entry("createPullRequest", Condition.PULL_REQUESTS),
                    Map.entry("updatePullRequest", Condition.PULL_STATE_STAYS),
                    Map.entry("markPullRequestReadyForReview", Condition.PULL_REQUESTS),
                    Map.entry("convertPullRequestToDraft", Condition.PULL_REQUESTS),
                    Map.entry("requestReviews", Condition.PULL_REQUESTS),
                    Map.entry("addPullRequestReviewComment", Condition.PULL_REQUESTS),
                    Map.entry("updatePullRequestReviewComment", Condition.PULL_REQUESTS),
                    Map.entry("addPullRequestReviewThread", Condition.PULL_REQUESTS),
                    Map.entry("addPullRequestReviewThreadReply", Condition.PULL_REQUESTS),
                    Map.entry("resolveReviewThread", Condition.PULL_REQUESTS),
                    Map.entry("unresolveReviewThread", Condition.PULL_REQUESTS),
                    Map.entry("addPullRequestReview", Condition.REVIEW),
                    Map.entry("submitPullRequestReview", Condition.REVIEW));

    private MutationTable() {}

    /** On what condition a mutation may run; empty when it may not. */
    static Optional<Condition> condition(String mutation) {
        return Optional.ofNullable(ALLOWED.get(mutation));
    }
}
