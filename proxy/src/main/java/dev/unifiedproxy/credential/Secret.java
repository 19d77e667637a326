package dev.unifiedproxy.credential;

/**
 * A real credential. Prints as redacted; {@link #reveal} is called only where it is put on a
 * request.
 */
public final class Secret {
    private final String value;

    /** Wraps the value. */
    public Secret(String value) {
        this.value = value;
    }

    /** The value itself. */
    String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "***";
    }
}
