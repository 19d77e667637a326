package dev.unifiedproxy.control;

import java.time.Duration;
import java.util.Optional;

/** Replaces the authority that sandboxes trust, as the control API asks for it. */
@FunctionalInterface
public interface AuthorityRotation {
    /**
     * Begins it, or, with an overlap of nothing, makes or completes it at once.
     *
     * @return empty when one has begun already and goes on
     */
    Optional<RotatedAuthority> rotate(Duration overlap);
}
