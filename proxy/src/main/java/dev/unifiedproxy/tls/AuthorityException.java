package dev.unifiedproxy.tls;

/**
 * The interception authority cannot be opened, created or published, so nothing may be intercepted.
 *
 * <p>The message names the file, what is wrong with it and what to do; it never holds key material.
 */
public final class AuthorityException extends RuntimeException {
    AuthorityException(String message) {
        super(message);
    }

    AuthorityException(String message, Exception cause) {
        super(message + ": " + cause, cause);
    }
}
