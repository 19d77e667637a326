package dev.unifiedproxy.policy;

import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.WholeBody;

import java.util.List;
import java.util.Optional;

/**
 * A request that may pass if its body may. Only {@link PolicyEngine} constructs it, and only {@link
 * #judge} makes an {@link AuthorizedRequest} of it.
 */
public final class PendingRequest {
    private final AuthorizedRequest request;
    private final List<Verdict.ReadBody> questions;

    PendingRequest(AuthorizedRequest request, List<Verdict.ReadBody> questions) {
        this.request = request;
        this.questions = List.copyOf(questions);
    }

    /** The request. */
    public InboundRequest inbound() {
        return request.inbound();
    }

    /** Who sent it. */
    public String containerId() {
        return request.container().id();
    }

    /** The longest body, in bytes, that every rule that reads it accepts. */
    public int maxBytes() {
        return questions.stream().mapToInt(Verdict.ReadBody::maxBytes).min().orElseThrow();
    }

    /** What all rules say of the body: the first denial counts. */
    public Authorization judge(WholeBody body) {
        for (Verdict.ReadBody question : questions) {
            Optional<Decision.Deny> denial = question.rule().judge(body);
            if (denial.isPresent()) {
                return new Authorization.Denied(denial.get());
            }
        }
        return new Authorization.Authorized(request.withBodyRead());
    }

    /** The denial of a body that is longer than {@link #maxBytes}, and so was not read. */
    public Decision.Deny tooLarge() {
        return Denials.bodyTooLarge(inbound().authority().host(), maxBytes());
    }
}
