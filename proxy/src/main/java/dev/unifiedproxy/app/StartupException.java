package dev.unifiedproxy.app;

/** The proxy cannot start; the message says what is wrong and what was expected. */
public final class StartupException extends Exception {
    /** With what is wrong. */
    public StartupException(String message) {
        super(message);
    }

    /** With what is wrong, and what it came from. */
    public StartupException(String message, Throwable cause) {
        super(message, cause);
    }
}
