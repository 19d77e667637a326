package dev.unifiedproxy.policy;

/**
 * Whether a condition holds, for whoever may read the request. Servers differ in how they read some
 * requests; what only some of them would see is {@link #MAYBE}: too little for a rule that allows,
 * enough for every other rule. So a request passes only if it would pass however it is read.
 */
enum Certainty {
    /** For nobody. */
    NO,
    /** For some. */
    MAYBE,
    /** For everybody. */
    YES;

    /** Both. */
    Certainty and(Certainty other) {
        return compareTo(other) <= 0 ? this : other;
    }

    /** What two readings of one request make of it. */
    Certainty or(Certainty reading) {
        return this == reading ? this : MAYBE;
    }

    /**
     * What becomes of a condition on a name's value when the name stands there several times.
     *
     * @param matching some value, for a reader who sees it, is the wanted one
     * @param doubtful some are not, or are seen by some readers only
     */
    static Certainty ofOccurrences(boolean matching, boolean doubtful) {
        if (!matching) {
            return NO;
        }
        return doubtful ? MAYBE : YES;
    }
}
