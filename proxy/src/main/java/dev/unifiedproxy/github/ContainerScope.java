package dev.unifiedproxy.github;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.policy.TextGlob;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a container's registration allows it on one host of GitHub.
 *
 * @param repositories its repositories
 * @param repositoryIds the numbers under which the API itself names them
 * @param readsAny whether it may read other repositories too
 * @param pullRequests whether it may open and change pull requests
 * @param protectedBranches which branches it may not write to through the API, in lower case
 */
record ContainerScope(
        Set<RepositoryName> repositories,
        Set<String> repositoryIds,
        boolean readsAny,
        boolean pullRequests,
        List<TextGlob> protectedBranches) {
    private static final List<String> PROTECTED =
            List.of("main", "master", "production", "release/*");
    private static final int MAX_PATTERN = 256;
    private static final String HEADS = "refs/heads/";

    /** Reads the metadata; what cannot be understood in it allows nothing. */
    static ContainerScope of(Container container, Host host, boolean pullRequestsByDefault) {
        Map<String, Object> metadata = container.metadata();
        return new ContainerScope(
                repositories(metadata, host),
                texts(metadata.get("repo_ids")).stream().collect(Collectors.toUnmodifiableSet()),
                "any".equals(metadata.get("github_read")),
                metadata.containsKey("allow_pr")
                        ? Boolean.TRUE.equals(metadata.get("allow_pr"))
                        : pullRequestsByDefault,
                protectedBranches(metadata));
    }

    private static Set<RepositoryName> repositories(Map<String, Object> metadata, Host host) {
        List<String> names = texts(metadata.get("repos"));
        if (names.isEmpty() && metadata.get("repo") instanceof String name) {
            names = List.of(name);
        }
        return names.stream()
                .map(name -> repository(name.strip(), host))
                .flatMap(Optional::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** {@code owner/name} on every host of GitHub, {@code host/owner/name} on that one. */
    private static Optional<RepositoryName> repository(String text, Host host) {
        int slash = text.indexOf('/');
        boolean withHost = slash >= 0 && text.indexOf('/', slash + 1) >= 0;
        if (!withHost) {
            return RepositoryName.parse(text);
        }
        String named = text.substring(0, slash).toLowerCase(Locale.ROOT);
        return named.equals(host.text())
                        || (named.equals("github.com") && host.text().endsWith(".github.com"))
                ? RepositoryName.parse(text.substring(slash + 1))
                : Optional.empty();
    }

    private static List<TextGlob> protectedBranches(Map<String, Object> metadata) {
        List<String> patterns = PROTECTED;
        if (metadata.get("protected_branches") instanceof List<?> list
                && list.stream()
                        .allMatch(item -> item instanceof String s && s.length() <= MAX_PATTERN)) {
            patterns = texts(list);
        }
        return patterns.stream()
                .map(pattern -> new TextGlob(branchName(pattern).toLowerCase(Locale.ROOT)))
                .toList();
    }

    /** Strings, and numbers as they are written. */
    private static List<String> texts(@Nullable Object value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof String || item instanceof Number) {
                    texts.add(item.toString());
                }
            }
        }
        return texts;
    }

    /** A branch without the {@code refs/heads/} that may stand before it. */
    static String branchName(String branch) {
        return branch.startsWith(HEADS) ? branch.substring(HEADS.length()) : branch;
    }

    boolean owns(String owner, String name) {
        return repositories.contains(RepositoryName.of(owner, name));
    }

    boolean ownsOneOf(String owner) {
        String lower = owner.toLowerCase(Locale.ROOT);
        return repositories.stream().anyMatch(repository -> repository.owner().equals(lower));
    }

    boolean isProtected(String branch) {
        String name = branchName(branch).toLowerCase(Locale.ROOT);
        return protectedBranches.stream().anyMatch(pattern -> pattern.matches(name));
    }
}
