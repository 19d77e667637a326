package dev.unifiedproxy.registry;

/**
 * The registry could not store a change, or not in time: the disk is full, the database is locked,
 * too much is queued, or it is closed. What was registered before stays known.
 */
public final class RegistryUnavailableException extends RuntimeException {
    RegistryUnavailableException(String message) {
        super(message);
    }

    RegistryUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
