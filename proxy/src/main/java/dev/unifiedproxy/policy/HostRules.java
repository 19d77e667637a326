package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.HostPattern;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that the rules say of one host pattern.
 *
 * @param pattern the pattern
 * @param allows lines that allow it, in their order
 * @param denies lines that deny it
 * @param endpoint what may be asked of it, when that is restricted
 * @param blocked paths that may not be asked of it
 */
record HostRules(
        HostPattern pattern,
        List<AllowRule> allows,
        List<AllowRule> denies,
        Optional<EndpointRule> endpoint,
        List<BlockedPaths> blocked) {

    /** Collects what stands in different places of the files. */
    static final class Builder {
        private final HostPattern pattern;
        private final List<AllowRule> allows = new ArrayList<>(1);
        private final List<AllowRule> denies = new ArrayList<>(0);
        private final List<BlockedPaths> blocked = new ArrayList<>(0);
        private Optional<EndpointRule> endpoint = Optional.empty();

        Builder(HostPattern pattern) {
            this.pattern = pattern;
        }

        void add(AllowRule rule) {
            (rule.deny() ? denies : allows).add(rule);
        }

        /** The first one for a pattern counts. */
        void add(EndpointRule rule) {
            if (endpoint.isEmpty()) {
                endpoint = Optional.of(rule);
            }
        }

        void add(BlockedPaths paths) {
            blocked.add(paths);
        }

        HostRules build() {
            return new HostRules(
                    pattern,
                    List.copyOf(allows),
                    List.copyOf(denies),
                    endpoint,
                    List.copyOf(blocked));
        }
    }
}
