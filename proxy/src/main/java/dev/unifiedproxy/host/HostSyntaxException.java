package dev.unifiedproxy.host;

/**
 * Text that should name a host, an address or an authority and does not.
 *
 * <p>The message names the text and what was expected. No stack trace: this is a caller's mistake
 * or an attack, not a defect.
 */
public final class HostSyntaxException extends IllegalArgumentException {
    HostSyntaxException(String message) {
        super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
