package dev.unifiedproxy.control;

/** Why a call of the control API brought no result. */
public abstract sealed class ControlException extends Exception
        permits NotRunningException, ControlRefusedException, ControlAnswerException {
    private static final long serialVersionUID = 1L;

    ControlException(String message, Throwable cause) {
        super(message, cause);
    }

    ControlException(String message) {
        super(message);
    }
}
