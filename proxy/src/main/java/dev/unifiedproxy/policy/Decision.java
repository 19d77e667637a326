package dev.unifiedproxy.policy;

import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Host;

import java.util.Optional;

/** What policy says, always with the rule and the reason. */
public sealed interface Decision {
    /** The policy type of the log line: {@code allowlist}, {@code blocklist} and so on. */
    String type();

    /** The reason of the log line, one sentence. */
    String reason(Host host);

    /**
     * It may pass.
     *
     * @param type what let it pass: {@code allowlist}, {@code policy} for a rule of {@code
     *     policy.yaml} or of the registration, or {@code observed}
     * @param rule the rule that allowed it and where it stands, such as {@code allowlist.conf:12
     *     *.github.com} or {@code policy.yaml:7 api (containers.sandbox-1.rules)}
     * @param hostLabel the host as metrics may name it: an exact name of a rule, the rule's
     *     pattern, or {@link #UNNAMED}, so that a client cannot invent label values
     * @param addressNamed whether a rule names the destination's address, so that the address guard
     *     does not apply to it
     * @param observed the denial that was not carried out, because the container is observed
     */
    record Allow(
            String type,
            String rule,
            String hostLabel,
            boolean addressNamed,
            Optional<Deny> observed)
            implements Decision {
        /** The label of all hosts that are let through though no rule names them. */
        public static final String UNNAMED = "observed";

        /** Allowed by a line of an allowlist. */
        public Allow(String rule, String hostLabel, boolean addressNamed) {
            this("allowlist", rule, hostLabel, addressNamed, Optional.empty());
        }

        static Allow observed(Deny denial, String hostLabel) {
            return new Allow(
                    "observed", denial.refusal().rule(), hostLabel, false, Optional.of(denial));
        }

        @Override
        public String reason(Host host) {
            if (observed.isPresent()) {
                return "Observed, would be refused: " + observed.get().reason(host);
            }
            return type.equals("allowlist")
                    ? "Domain '" + host.text() + "' in allowlist, no blocking policies matched"
                    : "Allowed by " + rule + ", no blocking policies matched";
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
