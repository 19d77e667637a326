package dev.unifiedproxy.registry;

/** The database file is not a database, is malformed, or is not the one that we opened. */
final class DamagedDatabaseException extends Exception {
    DamagedDatabaseException(String message) {
        super(message);
    }

    DamagedDatabaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
