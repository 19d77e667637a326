package dev.unifiedproxy.pipeline;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.limit.Admission;
import dev.unifiedproxy.limit.RuleLimiter;
import dev.unifiedproxy.policy.AuthorizedRequest;
import dev.unifiedproxy.policy.Decision;
import dev.unifiedproxy.policy.RateLimitRule;

import java.util.Optional;

/** The stage of {@code rate_limit} rules, behind the verdict: what is denied takes no token. */
final class RateLimits {
    private final RuleLimiter limiter;

    RateLimits(RuleLimiter limiter) {
        this.limiter = limiter;
    }

    /**
     * Takes a token of every rule that binds the request; the denial of the first that has none.
     */
    Optional<Decision.Deny> denial(AuthorizedRequest request) {
        String containerId = request.container().id();
        for (RateLimitRule rule : request.rateLimits()) {
            RuleLimiter.Key key =
                    new RuleLimiter.Key(containerId, rule.key(), rule.requests(), rule.period());
            if (limiter.take(key) instanceof Admission.Exhausted exhausted) {
                return Optional.of(denial(containerId, rule, exhausted));
            }
        }
        return Optional.empty();
    }

    private static Decision.Deny denial(
            String containerId, RateLimitRule rule, Admission.Exhausted exhausted) {
        long seconds = exhausted.retryAfterSeconds();
        return new Decision.Deny(
                "rate_limit",
                new Refusal(
                        ErrorCode.RATE_LIMITED,
                        "Container "
                                + containerId
                                + " may ask this "
                                + rule.requests()
                                + " times in "
                                + rule.period().toSeconds()
                                + " s",
                        rule.rule(),
                        "wait " + seconds + " s",
                        seconds));
    }
}
