package dev.unifiedproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Optional;

final class MetricsPageTest {
    private final ProxyMetrics metrics =
            new ProxyMetrics(
                    new ProcessFacts(
                            () -> 1,
                            () -> 1,
                            () -> 1,
                            new ProcessFacts.Build("1", "boringssl", "epoll")));
    private final MetricsPage page = new MetricsPage(metrics);

    @BeforeEach
    void someFacts() {
        metrics.exchangeFinished("a", "github.com", "GET", "200", 1);
        metrics.exchangeFinished("ab", "github.com", "GET", "200", 1);
        metrics.exchangeFinished("b", "pypi.org", "POST", "403", 1);
        metrics.exchangeFinished("", "", "GET", "403", 1);
    }

    @Test
    void ownSeriesAreAllThatASandboxSees() {
        Exposition own = Exposition.parse(page.render(Optional.of("a")));

        // One counter, and a histogram of nine buckets, infinity, count and sum.
        assertThat(own.all())
                .hasSize(13)
                .allSatisfy(sample -> assertThat(sample).contains("{container_id=\"a\","));
        assertThat(page.render(Optional.of("a"))).doesNotContain("pypi.org", "proxy_build_info");
    }

    @Test
    void wholePageHasEverySeries() {
        Exposition all = Exposition.parse(page.render(Optional.empty()));

        // Four of the process, three of the policy.
        assertThat(all.all()).hasSize(4 * 13 + 4 + 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "stranger", "unknown", "overflow", "A", "a\"} 1\n"})
    void callerWithoutSeriesOfItsOwnSeesNothing(String containerId) {
        assertThat(page.render(Optional.of(containerId))).isEmpty();
    }

    @Test
    void mediaTypeIsThatOfTheTextFormat() {
        assertThat(MetricsPage.CONTENT_TYPE).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    }
}
