package dev.unifiedproxy.control;

/** The proxy understood the call and said no. */
public final class ControlRefusedException extends ControlException {
    private static final long serialVersionUID = 1L;

    private final int status;

    ControlRefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** The HTTP status, 400 to 599. */
    public int status() {
        return status;
    }
}
