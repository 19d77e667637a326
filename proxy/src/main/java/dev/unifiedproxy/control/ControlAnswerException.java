package dev.unifiedproxy.control;

/** The answer on the control socket is late, too large, cut off, or not one of the control API. */
public final class ControlAnswerException extends ControlException {
    private static final long serialVersionUID = 1L;

    ControlAnswerException(String message) {
        super(message);
    }

    ControlAnswerException(String message, Throwable cause) {
        super(message, cause);
    }
}
