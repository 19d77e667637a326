package dev.unifiedproxy.registry;

import dev.unifiedproxy.container.Container;

import java.util.concurrent.CompletableFuture;

/** What the writer thread is asked for. */
sealed interface Operation {
    /** Register, and answer with what was stored or a {@link RegistrationConflictException}. */
    record Register(Registration registration, CompletableFuture<Container> answer)
            implements Operation {}

    /** Remove, and answer whether there was one. */
    record Remove(String id, CompletableFuture<Boolean> answer) implements Operation {}

    /** Store a registration that the view already shows. */
    record Store(Container container) implements Operation {}

    /** Store when a container was last seen. */
    record Renew(String id) implements Operation {}

    /** End what has expired, look after the file, and answer. */
    record Sweep(CompletableFuture<Boolean> answer) implements Operation {}
}
