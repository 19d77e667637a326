package dev.unifiedproxy.policy;

import dev.unifiedproxy.error.Refusal;

/** What policy says, always with the rule and the reason. */
public sealed interface Decision {
    /**
     * It may pass.
     *
     * @param rule the rule that allowed it and where it stands, such as {@code allowlist.conf:12
     *     *.github.com}
     * @param hostLabel the host as metrics may name it: an exact name of a rule, or the rule's
     *     pattern, so that a client cannot invent label values
     * @param addressNamed whether a rule names the destination's address, so that the address guard
     *     does not apply to it
     */
    record Allow(String rule, String hostLabel, boolean addressNamed) implements Decision {}

    /**
     * It may not.
     *
     * @param type the policy type of the log line: {@code allowlist}, {@code blocklist}, {@code
     *     ip_literal}, {@code endpoint_path}
     * @param refusal code, reason, rule and remedy
     */
    record Deny(String type, Refusal refusal) implements Decision {}
}
