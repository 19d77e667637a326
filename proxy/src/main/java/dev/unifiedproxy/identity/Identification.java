package dev.unifiedproxy.identity;

import dev.unifiedproxy.error.Refusal;

/**
 * Who is calling, or why nobody knows.
 *
 * @param <T> what a known caller is answered as
 */
public sealed interface Identification<T> {
    /**
     * A registered container calls.
     *
     * @param caller the container, or its request in the second stage
     */
    record Identified<T>(T caller) implements Identification<T> {}

    /**
     * Nobody that may pass calls.
     *
     * @param refusal the reason, with a detail for the log; the client sees only the title
     */
    record Unidentified<T>(Refusal refusal) implements Identification<T> {}
}
