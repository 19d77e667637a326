package dev.unifiedproxy.control;

import java.nio.file.Path;

/** No proxy answers on the control socket: the file is missing or nobody accepts there. */
public final class NotRunningException extends ControlException {
    private static final long serialVersionUID = 1L;

    NotRunningException(Path socket, Throwable cause) {
        super("no unified-proxy answers on " + socket, cause);
    }
}
