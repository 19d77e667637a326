package dev.unifiedproxy.policy;

import java.util.Optional;

/**
 * What a registration says of its own policy.
 *
 * @param group the sandbox group whose rules it is under
 * @param scope its own rules
 * @param problem why it cannot be read; everything is denied then
 */
record ContainerPolicy(Optional<String> group, CompiledScope scope, Optional<String> problem) {
    /** Says nothing. */
    static final ContainerPolicy NONE =
            new ContainerPolicy(Optional.empty(), CompiledScope.EMPTY, Optional.empty());

    static ContainerPolicy unreadable(String problem) {
        return new ContainerPolicy(Optional.empty(), CompiledScope.EMPTY, Optional.of(problem));
    }
}
