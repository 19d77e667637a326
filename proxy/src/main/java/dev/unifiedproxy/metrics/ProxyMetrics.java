package dev.unifiedproxy.metrics;

import dev.unifiedproxy.error.ErrorCode;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/**
 * The proxy's counters and histograms, one method for each fact.
 *
 * <p>The number of series is bounded whatever clients do: methods and statuses come from closed
 * sets, hosts from rules, and beyond the caps of this class the labels {@code container_id} and
 * {@code upstream_host} are {@code overflow}.
 */
public final class ProxyMetrics {
    /** Containers with series of their own. */
    private static final int MAX_CONTAINERS = 2_000;

    /** Series, where a histogram counts as one. */
    private static final int MAX_SERIES = 50_000;

    private static final int MAX_LABEL = 253;
    private static final String UNKNOWN = "unknown";
    private static final String OVERFLOW = "overflow";
    private static final double[] BUCKETS = {.01, .05, .1, .25, .5, 1, 2.5, 5, 10};
    private static final double NANOS_PER_SECOND = 1e9;
    private static final Set<String> METHODS =
            Set.of(
                    "GET",
                    "HEAD",
                    "POST",
                    "PUT",
                    "DELETE",
                    "PATCH",
                    "OPTIONS",
                    "CONNECT",
                    "PASSTHROUGH");

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter requests;
    private final Counter observed;
    private final Histogram durations;
    private final Counter policyReloads;
    private final Gauge policyInfo;
    private final Gauge policyLoaded;
    private final ConcurrentMap<String, ConcurrentMap<String, HostSeries>> byContainer =
            new ConcurrentHashMap<>();

    /** Of callers without identity, and beyond the caps. */
    private final ConcurrentMap<String, ConcurrentMap<String, HostSeries>> shared =
            new ConcurrentHashMap<>();

    private final Set<String> observedContainers = ConcurrentHashMap.newKeySet();
    private final int maxContainers;
    private final int maxSeries;
    private final AtomicInteger seriesCount = new AtomicInteger();

    /** Counts from zero. */
    public ProxyMetrics(ProcessFacts facts) {
        this(facts, MAX_CONTAINERS, MAX_SERIES);
    }

    ProxyMetrics(ProcessFacts facts, int maxContainers, int maxSeries) {
        this.maxContainers = maxContainers;
        this.maxSeries = maxSeries;
        requests =
                Counter.builder()
                        .name("proxy_requests_total")
                        .help("Exchanges that ended, by what the client saw.")
                        .labelNames("container_id", "upstream_host", "method", "status")
                        .withoutExemplars()
                        .register(registry);
        observed =
                Counter.builder()
                        .name("proxy_policy_observed_total")
                        .help("Exchanges that policy would have refused, of observed containers.")
                        .labelNames("container_id", "code")
                        .withoutExemplars()
                        .register(registry);
        durations =
                Histogram.builder()
                        .name("proxy_request_duration_seconds")
                        .help("From the head of a request to the end of its response.")
                        .labelNames("container_id", "upstream_host")
                        .classicOnly()
                        .classicUpperBounds(BUCKETS)
                        .withoutExemplars()
                        .register(registry);
        policyReloads =
                Counter.builder()
                        .name("proxy_policy_reloads_total")
                        .help("How often the policy was read, and what became of it.")
                        .labelNames("result")
                        .withoutExemplars()
                        .register(registry);
        policyReloads.initLabelValues("ok");
        policyReloads.initLabelValues("failed");
        policyInfo =
                Gauge.builder()
                        .name("proxy_policy_info")
                        .help("The policy that decides; always 1.")
                        .labelNames("version")
                        .register(registry);
        policyLoaded =
                Gauge.builder()
                        .name("proxy_policy_loaded_timestamp_seconds")
                        .help("When the policy that decides was read.")
                        .register(registry);
        gauge("proxy_registered_containers", "Live registrations.", facts.registeredContainers());
        gauge("proxy_open_connections", "Open connections of callers.", facts.openConnections());
        gauge(
                "proxy_audit_backlog",
                "Audit records that wait to be written.",
                facts.auditBacklog());
        Gauge.builder()
                .name("proxy_build_info")
                .help("What runs here; always 1.")
                .labelNames("version", "tls", "transport")
                .register(registry)
                .labelValues(
                        facts.build().version(), facts.build().tls(), facts.build().transport())
                .set(1);
    }

    private void gauge(String name, String help, IntSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsInt()))
                .register(registry);
    }

    /**
     * An exchange ended.
     *
     * @param containerId the container, or empty without identity
     * @param hostLabel the host as a rule names it, or empty when no rule did
     * @param method the method; one that the proxy does not know is counted as {@code other}
     * @param status the status that the client saw, or {@code error} when it saw none
     * @param nanos how long it took
     */
    public void exchangeFinished(
            String containerId, String hostLabel, String method, String status, long nanos) {
        HostSeries series =
                series(
                        containerId.isEmpty() ? UNKNOWN : containerId,
                        hostLabel.isEmpty() ? UNKNOWN : hostLabel);
        series.requests(method, status).inc();
        series.duration.observe(nanos / NANOS_PER_SECOND);
    }

    /**
     * A denial was not carried out because its container is observed. Beyond the cap of containers
     * the label {@code container_id} is {@code overflow}; there are as many codes as the proxy has.
     */
    public void policyObserved(String containerId, ErrorCode code) {
        boolean own =
                containerId.length() <= MAX_LABEL
                        && (observedContainers.contains(containerId)
                                || (observedContainers.size() < maxContainers
                                        && observedContainers.add(containerId)));
        observed.labelValues(own ? containerId : OVERFLOW, code.id()).inc();
    }

    /**
     * A container is registered no longer and its connections are closed: its series go. Facts
     * about it that come later begin new ones.
     */
    public void containerDeparted(String containerId) {
        observedContainers.remove(containerId);
        observed.removeIf(labels -> labels.getFirst().equals(containerId));
        byContainer.computeIfPresent(
                containerId,
                (id, hosts) -> {
                    hosts.values().forEach(each -> seriesCount.addAndGet(-each.size()));
                    requests.removeIf(labels -> labels.getFirst().equals(id));
                    durations.removeIf(labels -> labels.getFirst().equals(id));
                    return null;
                });
    }

    /**
     * A policy was read and decides from now on.
     *
     * @param version its version
     * @param when the time of day
     */
    public void policyLoaded(String version, Instant when) {
        policyReloads.labelValues("ok").inc();
        policyInfo.removeIf(labels -> !labels.getFirst().equals(version));
        policyInfo.labelValues(version).set(1);
        policyLoaded.set((double) when.getEpochSecond());
    }

    /** A policy was read and could not be used; the one from before stays. */
    public void policyRefused() {
        policyReloads.labelValues("failed").inc();
    }

    /** Whether several callers share the series with this {@code container_id}. */
    static boolean isShared(String containerId) {
        return containerId.equals(UNKNOWN) || containerId.equals(OVERFLOW);
    }

    /** All series as they are now. */
    MetricSnapshots snapshots() {
        return registry.scrape();
    }

    private HostSeries series(String containerId, String host) {
        ConcurrentMap<String, HostSeries> hosts = seriesOf(containerId).get(containerId);
        if (hosts != null) {
            HostSeries known = hosts.get(host);
            if (known != null) {
                return known;
            }
        }
        return newSeries(containerId, host);
    }

    /** The caps are exact up to the number of threads that come here at once. */
    private HostSeries newSeries(String containerId, String host) {
        boolean roomForContainer =
                byContainer.size() < maxContainers
                        || isShared(containerId)
                        || byContainer.containsKey(containerId);
        boolean tooLong = containerId.length() > MAX_LABEL || host.length() > MAX_LABEL;
        if (!roomForContainer || tooLong || seriesCount.get() >= maxSeries) {
            return overflow();
        }
        return add(containerId, host);
    }

    private ConcurrentMap<String, ConcurrentMap<String, HostSeries>> seriesOf(String containerId) {
        return isShared(containerId) ? shared : byContainer;
    }

    private HostSeries overflow() {
        return add(OVERFLOW, OVERFLOW);
    }

    /** In one step with {@link #containerDeparted}, so that nothing is left over between both. */
    private HostSeries add(String containerId, String host) {
        ConcurrentMap<String, HostSeries> hosts =
                seriesOf(containerId)
                        .compute(
                                containerId,
                                (id, known) -> {
                                    ConcurrentMap<String, HostSeries> all =
                                            known == null ? new ConcurrentHashMap<>() : known;
                                    all.computeIfAbsent(host, name -> new HostSeries(id, name));
                                    return all;
                                });
        return Objects.requireNonNull(hosts.get(host));
    }

    /** The series of one container and one host; found without allocating. */
    private final class HostSeries {
        private final String containerId;
        private final String host;
        private final DistributionDataPoint duration;
        private final ConcurrentMap<String, ConcurrentMap<String, CounterDataPoint>> requests =
                new ConcurrentHashMap<>();

        HostSeries(String containerId, String host) {
            this.containerId = containerId;
            this.host = host;
            this.duration = durations.labelValues(containerId, host);
            seriesCount.incrementAndGet();
        }

        int size() {
            return 1 + requests.values().stream().mapToInt(Map::size).sum();
        }

        CounterDataPoint requests(String method, String status) {
            ConcurrentMap<String, CounterDataPoint> byStatus = requests.get(method);
            if (byStatus != null) {
                CounterDataPoint known = byStatus.get(status);
                if (known != null) {
                    return known;
                }
            }
            return newCounter(
                    METHODS.contains(method) ? method : "other",
                    isStatus(status) ? status : "error");
        }

        private CounterDataPoint newCounter(String method, String status) {
            ConcurrentMap<String, CounterDataPoint> byStatus =
                    requests.computeIfAbsent(method, name -> new ConcurrentHashMap<>());
            CounterDataPoint known = byStatus.get(status);
            if (known != null) {
                return known;
            }
            if (!isShared(containerId) && seriesCount.get() >= maxSeries) {
                return overflow().requests(method, status);
            }
            return byStatus.computeIfAbsent(
                    status,
                    name -> {
                        seriesCount.incrementAndGet();
                        return ProxyMetrics.this.requests.labelValues(
                                containerId, host, method, name);
                    });
        }

        private static boolean isStatus(String text) {
            return text.length() == 3
                    && text.charAt(0) >= '1'
                    && text.charAt(0) <= '5'
                    && isDigit(text.charAt(1))
                    && isDigit(text.charAt(2));
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }
    }
}
