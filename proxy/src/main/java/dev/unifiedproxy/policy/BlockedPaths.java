package dev.unifiedproxy.policy;

import dev.unifiedproxy.host.HostPattern;

import java.util.List;

/**
 * Paths of a host that are refused whatever else allows them.
 *
 * @param host which hosts
 * @param paths the patterns
 * @param place file name and line, such as {@code allowlist.yaml:210}
 */
public record BlockedPaths(HostPattern host, List<PathGlob> paths, String place) {
    /** Copies the patterns. */
    public BlockedPaths {
        paths = List.copyOf(paths);
    }
}
