package dev.unifiedproxy.github;

import dev.unifiedproxy.policy.RequestRule;

import java.util.List;

/** All rules about GitHub, for the policy engine. */
public final class GithubRules {
    private GithubRules() {}

    /** The rules as the operator set them. */
    public static List<RequestRule> of(GithubSettings settings) {
        GithubHosts hosts = new GithubHosts(settings.enterpriseHosts());
        return List.of(
                new GithubRestRule(hosts, settings.pullRequests()),
                new GithubGraphqlRule(hosts, settings.pullRequests()));
    }
}
