package dev.unifiedproxy.control;

import java.util.List;
import java.util.Map;

/** What the other parts of the proxy have to say about their health. */
public interface HealthSource {
    /** How a part is. */
    enum State {
        /** It works. */
        HEALTHY,
        /** It works, and somebody should know. */
        DEGRADED,
        /** It does not work. */
        UNHEALTHY
    }

    /**
     * One part.
     *
     * @param name what it is called, such as {@code dns}
     * @param state how it is
     * @param detail why, when it is not healthy; never a secret
     */
    record Check(String name, State state, String detail) {}

    /** The parts, asked anew for each request. */
    List<Check> checks();

    /**
     * Further texts for the answer by key, such as {@code policy_version} and {@code version};
     * empty when there are none.
     */
    Map<String, String> facts();
}
