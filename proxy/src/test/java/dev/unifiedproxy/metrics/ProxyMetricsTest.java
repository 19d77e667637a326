package dev.unifiedproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

final class ProxyMetricsTest {
    private static final int MAX_CONTAINERS = 20;
    private static final int MAX_SERIES = 500;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final ProxyMetrics metrics =
            new ProxyMetrics(
                    new ProcessFacts(
                            () -> 3,
                            () -> 4,
                            () -> 5,
                            new ProcessFacts.Build("1.2.3", "boringssl", "epoll")),
                    MAX_CONTAINERS,
                    MAX_SERIES);

    private Exposition page() {
        return Exposition.parse(new MetricsPage(metrics).render(Optional.empty()));
    }

    @Test
    void finishedExchangeIsCountedOnce() {
        metrics.exchangeFinished("sandbox-123", "github.com", "GET", "200", 30 * MILLI);

        Exposition page = page();
        assertThat(
                        page.value(
                                "proxy_requests_total{container_id=\"sandbox-123\",method=\"GET\","
                                        + "status=\"200\",upstream_host=\"github.com\"}"))
                .isEqualTo(1);
        assertThat(page.type("proxy_requests_total")).isEqualTo("counter");
        assertThat(page.type("proxy_request_duration_seconds")).isEqualTo("histogram");
    }

    @Test
    void bucketsAreTheContractsOwn() {
        metrics.exchangeFinished("c", "h", "GET", "200", 30 * MILLI);
        metrics.exchangeFinished("c", "h", "POST", "502", 20_000 * MILLI);

        Exposition page = page();
        String[] bounds = {"0.01", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0"};
        for (String bound : bounds) {
            assertThat(page.value(duration("_bucket", ",le=\"" + bound + "\"")))
                    .as(bound)
                    .isEqualTo(bound.equals("0.01") ? 0 : 1);
        }
        assertThat(page.value(duration("_bucket", ",le=\"+Inf\""))).isEqualTo(2);
        assertThat(page.value(duration("_count", ""))).isEqualTo(2);
        assertThat(page.value(duration("_sum", ""))).isEqualTo(20.03);
        assertThat(page.names("proxy_request_duration_seconds_bucket")).hasSize(bounds.length + 1);
    }

    private static String duration(String suffix, String bound) {
        return "proxy_request_duration_seconds"
                + suffix
                + "{container_id=\"c\""
                + bound
                + ",upstream_host=\"h\"}";
    }

    @Test
    void gaugesAreReadAtTheScrape() {
        Exposition page = page();

        assertThat(page.value("proxy_registered_containers{}")).isEqualTo(3);
        assertThat(page.value("proxy_open_connections{}")).isEqualTo(4);
        assertThat(page.value("proxy_audit_backlog{}")).isEqualTo(5);
        assertThat(
                        page.value(
                                "proxy_build_info{tls=\"boringssl\",transport=\"epoll\","
                                        + "version=\"1.2.3\"}"))
                .isEqualTo(1);
    }

    @Test
    void observedDenialsAreCountedByContainerAndCode() {
        for (int i = 0; i < MAX_CONTAINERS; i++) {
            metrics.policyObserved("c-" + i, ErrorCode.HOST_NOT_ALLOWED);
        }
        metrics.policyObserved("c-1", ErrorCode.HOST_NOT_ALLOWED);
        metrics.policyObserved("beyond", ErrorCode.PATH_NOT_ALLOWED);
        metrics.policyObserved("x".repeat(254), ErrorCode.PATH_NOT_ALLOWED);

        assertThat(page().value(observed("c-1", "policy.host_not_allowed"))).isEqualTo(2);
        assertThat(page().value(observed("overflow", "policy.path_not_allowed"))).isEqualTo(2);

        metrics.containerDeparted("c-1");
        metrics.policyObserved("beyond", ErrorCode.PATH_NOT_ALLOWED);

        assertThat(page().names("proxy_policy_observed_total"))
                .contains(observed("beyond", "policy.path_not_allowed"))
                .doesNotContain(observed("c-1", "policy.host_not_allowed"));
    }

    private static String observed(String container, String code) {
        return "proxy_policy_observed_total{code=\""
                + code
                + "\",container_id=\""
                + container
                + "\"}";
    }

    @Test
    void onlyThePolicyThatDecidesIsShown() {
        metrics.policyLoaded("aaaa", Instant.ofEpochSecond(10));
        metrics.policyRefused();
        metrics.policyLoaded("bbbb", Instant.ofEpochSecond(20));

        Exposition page = page();
        assertThat(page.names("proxy_policy_info"))
                .containsExactly("proxy_policy_info{version=\"bbbb\"}");
        assertThat(page.value("proxy_policy_loaded_timestamp_seconds{}")).isEqualTo(20);
        assertThat(page.value("proxy_policy_reloads_total{result=\"ok\"}")).isEqualTo(2);
        assertThat(page.value("proxy_policy_reloads_total{result=\"failed\"}")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "'',h,GET,200,unknown,h,GET,200",
        "c,'',GET,403,c,unknown,GET,403",
        "c,h,PROPFIND,200,c,h,other,200",
        "c,h,get,200,c,h,other,200",
        "c,h,GET,error,c,h,GET,error",
        "c,h,GET,099,c,h,GET,error",
        "c,h,GET,2000,c,h,GET,error",
        "c,h,GET,599,c,h,GET,599",
    })
    void labelsComeFromClosedSets(
            String container,
            String host,
            String method,
            String status,
            String containerLabel,
            String hostLabel,
            String methodLabel,
            String statusLabel) {
        metrics.exchangeFinished(container, host, method, status, 1);

        assertThat(page().names("proxy_requests_total"))
                .containsExactly(requests(containerLabel, methodLabel, statusLabel, hostLabel));
    }

    private static String requests(String container, String method, String status, String host) {
        return "proxy_requests_total{container_id=\""
                + container
                + "\",method=\""
                + method
                + "\",status=\""
                + status
                + "\",upstream_host=\""
                + host
                + "\"}";
    }

    @Test
    void containersBeyondTheCapShareOneSeries() {
        for (int i = 0; i < MAX_CONTAINERS + 50; i++) {
            metrics.exchangeFinished("c-" + i, "h", "GET", "200", 1);
        }

        assertThat(page().names("proxy_requests_total"))
                .hasSize(MAX_CONTAINERS + 1)
                .contains(requests("overflow", "GET", "200", "overflow"));
        assertThat(page().value(requests("overflow", "GET", "200", "overflow"))).isEqualTo(50);

        metrics.containerDeparted("c-7");
        metrics.exchangeFinished("new", "h", "GET", "200", 1);

        assertThat(page().names("proxy_requests_total"))
                .contains(requests("new", "GET", "200", "h"))
                .doesNotContain(requests("c-7", "GET", "200", "h"));
    }

    @Test
    void seriesAreBoundedInAll() {
        for (int host = 0; host < 10; host++) {
            for (int status = 200; status < 320; status++) {
                metrics.exchangeFinished("c", "h" + host, "GET", Integer.toString(status), 1);
            }
        }

        Exposition page = page();
        int series =
                page.names("proxy_requests_total").size()
                        + page.names("proxy_request_duration_seconds_count").size();
        assertThat(series).isBetween(MAX_SERIES, MAX_SERIES + 150);
        assertThat(page.value(requests("overflow", "GET", "319", "overflow"))).isPositive();

        metrics.containerDeparted("c");
        metrics.exchangeFinished("d", "h", "GET", "200", 1);
        assertThat(page().names("proxy_requests_total")).contains(requests("d", "GET", "200", "h"));
    }

    @Test
    void departureLeavesOthersAlone() {
        metrics.exchangeFinished("a", "h", "GET", "200", 1);
        metrics.exchangeFinished("b", "h", "GET", "200", 1);

        metrics.containerDeparted("a");
        metrics.containerDeparted("never seen");

        assertThat(page().names("proxy_requests_total"))
                .containsExactly(requests("b", "GET", "200", "h"));
        assertThat(page().names("proxy_request_duration_seconds_count")).hasSize(1);
    }
}
