package dev.unifiedproxy.metrics;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The metrics in the text format of Prometheus. */
public final class MetricsPage {
    /** The media type of {@link #render}'s text. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusTextFormatWriter writer =
            PrometheusTextFormatWriter.builder().setIncludeCreatedTimestamps(false).build();
    private final ProxyMetrics metrics;

    /** Shows these metrics. */
    public MetricsPage(ProxyMetrics metrics) {
        this.metrics = metrics;
    }

    /**
     * The page.
     *
     * @param containerId only series that carry this container's id are shown, and nothing about
     *     the process; empty shows all
     */
    public String render(Optional<String> containerId) {
        MetricSnapshots all = metrics.snapshots();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out, containerId.map(id -> ownOf(all, id)).orElse(all));
        } catch (IOException e) {
            throw new UncheckedIOException("A page in memory could not be written", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static MetricSnapshots ownOf(MetricSnapshots all, String containerId) {
        List<MetricSnapshot> own = new ArrayList<>();
        if (ProxyMetrics.isShared(containerId)) {
            return new MetricSnapshots(own);
        }
        for (MetricSnapshot each : all) {
            Optional<MetricSnapshot> part =
                    switch (each) {
                        case CounterSnapshot counter -> ownOf(counter, containerId);
                        case GaugeSnapshot gauge -> ownOf(gauge, containerId);
                        case HistogramSnapshot histogram -> ownOf(histogram, containerId);
                        // The library's type is open: a kind that is not known here is not shown.
                        default -> Optional.empty();
                    };
            part.ifPresent(own::add);
        }
        return new MetricSnapshots(own);
    }

    private static Optional<MetricSnapshot> ownOf(CounterSnapshot all, String containerId) {
        var own = ownOf(all.getDataPoints(), containerId);
        return own.isEmpty()
                ? Optional.empty()
                : Optional.of(new CounterSnapshot(all.getMetadata(), own));
    }

    private static Optional<MetricSnapshot> ownOf(GaugeSnapshot all, String containerId) {
        var own = ownOf(all.getDataPoints(), containerId);
        return own.isEmpty()
                ? Optional.empty()
                : Optional.of(new GaugeSnapshot(all.getMetadata(), own));
    }

    private static Optional<MetricSnapshot> ownOf(HistogramSnapshot all, String containerId) {
        var own = ownOf(all.getDataPoints(), containerId);
        return own.isEmpty()
                ? Optional.empty()
                : Optional.of(new HistogramSnapshot(all.getMetadata(), own));
    }

    private static <T extends DataPointSnapshot> List<T> ownOf(List<T> points, String containerId) {
        return points.stream()
                .filter(point -> containerId.equals(point.getLabels().get("container_id")))
                .toList();
    }
}
