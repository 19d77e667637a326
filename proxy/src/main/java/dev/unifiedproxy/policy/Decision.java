package dev.unifiedproxy.policy;

import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Host;

/** What policy says, always with the rule and the reason. */
public sealed interface Decision {
    /** The policy type of the log line: {@code allowlist}, {@code blocklist} and so on. */
    String type();

    /** The reason of the log line, one sentence. */
    String reason(Host host);

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
    record Allow(String rule, String hostLabel, boolean addressNamed) implements Decision {
        @Override
        public String type() {
            return "allowlist";
        }

        @Override
        public String reason(Host host) {
            return "Domain '" + host.text() + "' in allowlist, no blocking policies matched";
        }
    }

    /**
     * It may not.
     *
     * @param type the policy type of the log line: {@code allowlist}, {@code blocklist}, {@code
     *     ip_literal}, {@code endpoint_path}
     * @param refusal code, reason, rule and remedy
     */
    record Deny(String type, Refusal refusal) implements Decision {
        @Override
        public String reason(Host host) {
            return refusal.detail();
        }
    }
}
