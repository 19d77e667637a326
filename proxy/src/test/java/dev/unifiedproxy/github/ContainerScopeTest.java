package dev.unifiedproxy.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.host.Host;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;

final class ContainerScopeTest {
    private static ContainerScope scope(String host, Map<String, Object> metadata) {
        return ContainerScope.of(new Calls(metadata, false).container(), Host.parse(host), false);
    }

    @ParameterizedTest
    @CsvSource({
        "octo/allowed, true",
        "Octo/Allowed.git, true",
        " octo/allowed , true",
        "github.com/octo/allowed, true",
        "api.github.com/octo/allowed, true",
        "ghe.example.com/octo/allowed, false",
        "octo, false",
        "octo/, false",
        "octo/*, false",
        "octo/allowed/x, false",
        "'', false",
    })
    void repo(String text, boolean owned) {
        assertThat(scope("api.github.com", Map.of("repo", text)).owns("octo", "allowed"))
                .isEqualTo(owned);
    }

    @Test
    void repositoriesOfAnEnterpriseHost() {
        Map<String, Object> metadata = Map.of("repos", List.of("ghe.example.com/a/b", "c/d", 7));
        assertThat(scope("ghe.example.com", metadata).repositories())
                .containsExactlyInAnyOrder(
                        new RepositoryName("a", "b"), new RepositoryName("c", "d"));
        assertThat(scope("api.github.com", metadata).repositories())
                .containsExactly(new RepositoryName("c", "d"));
    }

    @Test
    void reposWinsOverRepoUnlessItIsEmpty() {
        assertThat(
                        scope("api.github.com", Map.of("repo", "a/b", "repos", List.of("c/d")))
                                .repositories())
                .containsExactly(new RepositoryName("c", "d"));
        assertThat(
                        scope("api.github.com", Map.of("repo", "a/b", "repos", List.of()))
                                .repositories())
                .extracting(RepositoryName::toString)
                .containsExactly("a/b");
    }

    @Test
    void metadataOfAnotherShapeAllowsNothing() {
        ContainerScope scope =
                scope(
                        "api.github.com",
                        Map.of(
                                "repo",
                                5,
                                "repos",
                                "octo/allowed",
                                "repo_ids",
                                7,
                                "github_read",
                                true,
                                "allow_pr",
                                1,
                                "protected_branches",
                                List.of("x".repeat(300))));
        assertThat(scope.repositories()).isEmpty();
        assertThat(scope.repositoryIds()).isEmpty();
        assertThat(scope.readsAny()).isFalse();
        assertThat(scope.pullRequests()).isFalse();
        assertThat(scope.isProtected("main")).isTrue();
        assertThat(scope.ownsOneOf("octo")).isFalse();
    }

    @Test
    void pathsAsGitHubWritesThem() {
        PathPattern pattern = PathPattern.of("/repos/{o}/{r}/branches/**/protection/**");
        assertThat(pattern.matches(List.of("repos", "o", "r", "branches", "a", "protection")))
                .isTrue();
        assertThat(pattern.matches(List.of("repos", "o", "r", "branches", "a", "b"))).isFalse();
        assertThat(pattern.matches(List.of("repos", "o", "r", "branches"))).isFalse();
        assertThat(pattern.matches(List.of("repos", "o"))).isFalse();
        assertThat(pattern).hasToString("/repos/{o}/{r}/branches/**/protection/**");
    }
}
