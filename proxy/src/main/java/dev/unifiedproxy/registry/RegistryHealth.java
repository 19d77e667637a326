package dev.unifiedproxy.registry;

/** How the registry is. */
public sealed interface RegistryHealth {
    /** Everything is stored. */
    record Healthy() implements RegistryHealth {}

    /**
     * It works, and somebody should know.
     *
     * @param reason what happened, with SQLite's own words
     */
    record Degraded(String reason) implements RegistryHealth {}

    /**
     * Its writer has ended: nothing can be registered or removed, and nothing expires from the
     * database, until the process is started again.
     *
     * @param reason what ended it
     */
    record Failed(String reason) implements RegistryHealth {}
}
