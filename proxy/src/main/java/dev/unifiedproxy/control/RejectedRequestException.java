package dev.unifiedproxy.control;

/** A request that the control API answers with an error. Expected, so without a stack trace. */
final class RejectedRequestException extends Exception {
    private final int status;
    private final String error;

    RejectedRequestException(int status, String error, String message) {
        super(message, null, false, false);
        this.status = status;
        this.error = error;
    }

    ControlResponse response() {
        return ControlJson.error(status, error, String.valueOf(getMessage()));
    }
}
