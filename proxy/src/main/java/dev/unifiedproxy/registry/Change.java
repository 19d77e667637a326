package dev.unifiedproxy.registry;

import dev.unifiedproxy.container.Container;

import java.time.Instant;

/** One change of the table. */
sealed interface Change {
    /** The row of the container, new or instead of the one before. */
    record Put(Container container) implements Change {}

    /** No row of this id. */
    record Delete(String id) implements Change {}

    /** A later {@code last_seen} for a row. */
    record Seen(String id, Instant at) implements Change {}
}
