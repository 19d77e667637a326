package dev.unifiedproxy.listener;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;

/**
 * What the handlers of a connection hear right before it is closed because its container is no
 * longer registered.
 */
record ContainerDeparted(String containerId) {
    Refusal refusal() {
        return Refusal.of(
                ErrorCode.UNKNOWN_CONTAINER,
                "The registration of container " + containerId + " ended");
    }
}
