package dev.unifiedproxy.policy;

/** What a {@link RequestRule} says. */
public sealed interface Verdict {
    /** It has nothing against it. */
    record Pass() implements Verdict {}

    /** It denies it. */
    record Deny(Decision.Deny denial) implements Verdict {}

    /**
     * It cannot tell before it has read the body.
     *
     * @param maxBytes the longest body that it reads, at least 1; a longer one is denied
     * @param rule judges the body
     */
    record ReadBody(int maxBytes, BodyRule rule) implements Verdict {
        /** Checks the bound. */
        public ReadBody {
            if (maxBytes < 1) {
                throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: > 0)");
            }
        }
    }

    /** Nothing against it. */
    Verdict PASS = new Pass();
}
