package dev.unifiedproxy.policy;

/** What became of a request at the policy stage. */
public sealed interface Authorization {
    /** It goes on. */
    record Authorized(AuthorizedRequest request) implements Authorization {}

    /** It may pass if its body may, which has to be read first. */
    record NeedsBody(PendingRequest request) implements Authorization {}

    /** It ends here. */
    record Denied(Decision.Deny denial) implements Authorization {}
}
