package dev.unifiedproxy.error;

/**
 * Why an exchange ended here, for the client, the log and the audit record.
 *
 * <p>{@code detail} goes to the log and the audit record. It reaches the client too, unless the
 * code's source is identity: an unknown caller learns nothing about registrations.
 *
 * @param code the stable code
 * @param detail one sentence that names the thing, the value and what was expected; never a secret
 * @param rule the rule that decided and where it stands, or empty
 * @param remedy what a person can do about it, or empty
 * @param retryAfterSeconds after how many seconds it may be asked again; 0 when nobody knows
 */
public record Refusal(
        ErrorCode code, String detail, String rule, String remedy, long retryAfterSeconds) {
    /** A refusal that time does not mend. */
    public Refusal(ErrorCode code, String detail, String rule, String remedy) {
        this(code, detail, rule, remedy, 0);
    }

    /** A refusal that no rule of a file made. */
    public static Refusal of(ErrorCode code, String detail) {
        return new Refusal(code, detail, "", "");
    }

    /** The same refusal with advice. */
    public Refusal withRemedy(String advice) {
        return new Refusal(code, detail, rule, advice, retryAfterSeconds);
    }
}
