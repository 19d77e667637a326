package dev.unifiedproxy.error;

/** Carries a refusal to the one place that answers it. Expected, so without a stack trace. */
public final class RefusedException extends RuntimeException {
    private final transient Refusal refusal;

    /** Carries the refusal. */
    public RefusedException(Refusal refusal) {
        super(refusal.code().id() + ": " + refusal.detail(), null, false, false);
        this.refusal = refusal;
    }

    /** Shorthand for a refusal without rule and remedy. */
    public RefusedException(ErrorCode code, String detail) {
        this(Refusal.of(code, detail));
    }

    /** What was refused, and why. */
    public Refusal refusal() {
        return refusal;
    }
}
