package dev.unifiedproxy.audit;

import java.time.Instant;

/**
 * What is kept of one exchange. Carries no secret: no query, no field value, no body.
 *
 * @param start when it began and who asked
 * @param destination what was asked for
 * @param verdict what became of it
 * @param passage what it moved
 */
public record ExchangeRecord(
        Start start, Destination destination, Verdict verdict, Passage passage) {

    /** What kind of exchange it was. */
    public enum Kind {
        /** A request with its response. */
        HTTP("http"),
        /** A CONNECT. */
        CONNECT("connect"),
        /** A CONNECT whose TLS is not ended here; its bytes are those of both directions. */
        PASS_THROUGH("passthrough");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** How it ended. */
    public enum Outcome {
        /** It passed. */
        ALLOWED("allowed"),
        /** The proxy refused it. */
        REFUSED("refused"),
        /** It was let through and did not come to its proper end. */
        BROKEN("broken");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /**
     * When it began and who asked.
     *
     * @param time when its head had arrived
     * @param requestId the id that stands in its log lines too
     * @param kind what kind of exchange it was
     * @param containerId the container, or empty when the caller was not identified
     * @param source the address of the caller
     */
    public record Start(
            Instant time, String requestId, Kind kind, String containerId, String source) {}

    /**
     * What was asked for.
     *
     * @param method the method
     * @param scheme {@code http} or {@code https}
     * @param host the canonical host
     * @param port the port, or 0 when there was none to be known
     * @param path the normalised path without query, or empty
     */
    public record Destination(String method, String scheme, String host, int port, String path) {
        /** A message that named no valid destination. */
        public static final Destination NONE = new Destination("", "", "", 0, "");
    }

    /**
     * What became of it.
     *
     * @param outcome how it ended
     * @param status the status that the client saw, or 0 for none
     * @param code the stable id of the refusal or failure, or empty
     * @param rule the rule that decided, or empty
     * @param detail the sentence that explains a refusal or failure, or empty
     * @param observed the stable id of the denial that would have ended it if its container were
     *     not observed, or empty
     */
    public record Verdict(
            Outcome outcome,
            int status,
            String code,
            String rule,
            String detail,
            String observed) {}

    /**
     * What it moved.
     *
     * @param upstreamAddress the address that was dialled, or empty
     * @param credentialId which credential went out, or empty; not a secret
     * @param policyVersion the version of the policy that decided, or empty
     * @param requestBytes bytes of the request's body
     * @param responseBytes bytes of the response's body
     * @param durationMicros from its start to its end
     */
    public record Passage(
            String upstreamAddress,
            String credentialId,
            String policyVersion,
            long requestBytes,
            long responseBytes,
            long durationMicros) {}
}
