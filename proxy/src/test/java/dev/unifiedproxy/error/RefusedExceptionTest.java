package dev.unifiedproxy.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Refusal and the exception that carries it. */
final class RefusedExceptionTest {
    @Test
    void carriesTheRefusalWithoutAStackTrace() {
        Refusal refusal = new Refusal(ErrorCode.HOST_BLOCKED, "evil.example", "block.conf:3", "");
        RefusedException exception = new RefusedException(refusal);
        exception.addSuppressed(new IllegalStateException());

        assertThat(exception.refusal()).isSameAs(refusal);
        assertThat(exception).hasMessage("policy.host_blocked: evil.example").hasNoCause();
        assertThat(exception.getStackTrace()).isEmpty();
        assertThat(exception.getSuppressed()).isEmpty();
    }

    @Test
    void shorthandHasNeitherRuleNorRemedy() {
        assertThat(new RefusedException(ErrorCode.INTERNAL, "x").refusal())
                .isEqualTo(new Refusal(ErrorCode.INTERNAL, "x", "", ""));
    }

    @Test
    void remedyIsAddedAndNothingElseChanges() {
        Refusal refusal = new Refusal(ErrorCode.IP_LITERAL, "detail", "rule", "");
        assertThat(refusal.withRemedy("use the name"))
                .isEqualTo(new Refusal(ErrorCode.IP_LITERAL, "detail", "rule", "use the name"));
        assertThat(refusal.remedy()).isEmpty();
    }
}
