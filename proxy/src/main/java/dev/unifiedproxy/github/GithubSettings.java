package dev.unifiedproxy.github;

import dev.unifiedproxy.host.Host;

import java.util.Set;

/**
 * What an operator says about GitHub for all containers.
 *
 * @param enterpriseHosts hosts of GitHub Enterprise Server, whose API stands below {@code /api}
 * @param pullRequests whether pull requests may be opened and changed where a container's metadata
 *     says nothing about it
 */
public record GithubSettings(Set<Host> enterpriseHosts, boolean pullRequests) {
    /** Copies the hosts. */
    public GithubSettings {
        enterpriseHosts = Set.copyOf(enterpriseHosts);
    }

    /** No Enterprise host, no pull requests. */
    public static GithubSettings defaults() {
        return new GithubSettings(Set.of(), false);
    }
}
