package dev.unifiedproxy.app;

import dev.unifiedproxy.config.ConfigurationException;
import dev.unifiedproxy.config.PolicyLoader;
import dev.unifiedproxy.config.Problem;
import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.control.HealthSource.Check;
import dev.unifiedproxy.control.HealthSource.State;
import dev.unifiedproxy.metrics.ProxyMetrics;
import dev.unifiedproxy.policy.PolicySnapshot;

import io.netty.util.concurrent.DefaultThreadFactory;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The policy that decides now, and its replacement when its files change.
 *
 * <p>A new policy is read and compiled as a whole, on a thread of its own, and then put in the old
 * one's place in one step. Files that are wrong, or gone, change nothing: the last good policy
 * stays, and log, health and metrics say so until the files are good again.
 */
final class PolicyReload implements AutoCloseable {
    /** The time between two looks at the files of a running proxy. */
    static final Duration PERIOD = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(PolicyReload.class);

    private final Settings settings;
    private final ProxyMetrics metrics;
    private final InstantSource clock;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    new DefaultThreadFactory("policy-reload", true));
    private PolicyFiles used;
    private PolicyFiles seen;
    private volatile PolicyLoader.Loaded current;
    private volatile Optional<String> failure = Optional.empty();

    private PolicyReload(
            Settings settings,
            ProxyMetrics metrics,
            InstantSource clock,
            PolicyFiles files,
            PolicyLoader.Loaded loaded) {
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
        this.used = files;
        this.seen = files;
        this.current = loaded;
    }

    /** A policy that was read, and what its files looked like just before. */
    record Start(PolicyFiles files, PolicyLoader.Loaded loaded) {
        /**
         * Reads the policy of a start.
         *
         * @throws ConfigurationException with everything that is wrong in the files
         */
        static Start read(Settings settings) {
            PolicyFiles before = PolicyFiles.look(PolicyLoader.watched(settings));
            PolicyLoader.Loaded loaded = PolicyLoader.load(settings);
            return new Start(
                    !loaded.written().isEmpty()
                            ? PolicyFiles.look(PolicyLoader.watched(settings))
                            : before,
                    loaded);
        }
    }

    /**
     * Begins with a policy, and looks again and again whether its files have changed.
     *
     * @param period the time between two looks; a change counts when two looks have seen the same
     */
    static PolicyReload watching(
            Settings settings,
            Start start,
            ProxyMetrics metrics,
            InstantSource clock,
            Duration period) {
        PolicyReload reload = new PolicyReload(settings, metrics, clock, start.files, start.loaded);
        metrics.policyLoaded(start.loaded.snapshot().version(), clock.instant());
        reload.thread.scheduleWithFixedDelay(
                reload::look, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        return reload;
    }

    /** The policy that decides now. */
    PolicySnapshot snapshot() {
        return current.snapshot();
    }

    /** Reads the files soon, whether they look changed or not. */
    void request() {
        try {
            thread.execute(() -> load(PolicyFiles.look(PolicyLoader.watched(settings))));
        } catch (RejectedExecutionException e) {
            LOG.info("The policy is not read again: the proxy is stopping");
        }
    }

    /** Degraded while what the files say is not what decides. */
    Check health() {
        return failure.map(reason -> new Check("policy", State.DEGRADED, reason))
                .orElseGet(() -> new Check("policy", State.HEALTHY, ""));
    }

    /**
     * A file is used when it has not changed between two looks, so that one which is being written
     * is not read half.
     */
    private void look() {
        PolicyFiles now = PolicyFiles.look(PolicyLoader.watched(settings));
        boolean settled = now.equals(seen);
        seen = now;
        if (settled && !now.equals(used)) {
            load(now);
        }
    }

    private void load(PolicyFiles files) {
        used = files;
        seen = files;
        try {
            PolicyLoader.Loaded loaded = PolicyLoader.reload(settings, current);
            current = loaded;
            failure = Optional.empty();
            metrics.policyLoaded(loaded.snapshot().version(), clock.instant());
            LOG.info("Policy {} loaded from {}", loaded.snapshot().version(), loaded.read());
        } catch (ConfigurationException e) {
            refuse(e.problems().stream().map(Problem::toString).toList());
        } catch (RuntimeException e) {
            LOG.error("The policy cannot be read because of a defect of this program", e);
            refuse(List.of("cannot be read because of a defect (" + e + ")"));
        }
    }

    private void refuse(List<String> problems) {
        problems.forEach(problem -> LOG.error("The changed policy is not used: {}", problem));
        LOG.error("Policy {} stays in force", snapshot().version());
        String more = problems.size() > 1 ? " (and " + (problems.size() - 1) + " more)" : "";
        failure =
                Optional.of(
                        problems.getFirst()
                                + more
                                + "; policy "
                                + snapshot().version()
                                + " stays in force");
        metrics.policyRefused();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
