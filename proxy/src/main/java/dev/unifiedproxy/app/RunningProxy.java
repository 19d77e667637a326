package dev.unifiedproxy.app;

import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.listener.ConnectionTable;
import dev.unifiedproxy.listener.ForwardListener;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** A started proxy: where it listens, and how it is stopped. */
public final class RunningProxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningProxy.class);
    private static final Duration DRAIN_STEP = Duration.ofMillis(20);

    private final Settings settings;
    private final Ports ports;
    private final RunFiles runFiles;
    private final ForwardListener forward;
    private final ConnectionTable connections;
    private final PolicyReload policy;
    private final Shutdown shutdown;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * The ports that the listeners got.
     *
     * @param proxy the forward proxy
     * @param metrics the metrics
     */
    public record Ports(int proxy, int metrics) {}

    RunningProxy(
            Settings settings,
            Ports ports,
            RunFiles runFiles,
            ForwardListener forward,
            ConnectionTable connections,
            PolicyReload policy,
            Shutdown shutdown) {
        this.settings = settings;
        this.ports = ports;
        this.runFiles = runFiles;
        this.forward = forward;
        this.connections = connections;
        this.policy = policy;
        this.shutdown = shutdown;
    }

    /** The ports that the listeners got. */
    public Ports ports() {
        return ports;
    }

    /** The control API's socket. */
    public Path controlSocket() {
        return settings.listeners().controlSocket();
    }

    /** Where sandboxes find the CA certificate. */
    public Path certsDir() {
        return settings.places().certificatesDirectory();
    }

    /**
     * Reads the policy's files again soon, as a change of them does by itself. Files that are wrong
     * change nothing.
     */
    public void reloadPolicy() {
        policy.request();
    }

    /**
     * Stops gracefully: the marker goes, the listeners close, exchanges in progress may finish
     * within the drain time, then everything is closed. Returns when that is done; a second call
     * waits for the first.
     */
    public void stop() {
        if (!stopping.compareAndSet(false, true)) {
            awaitStopped();
            return;
        }
        LOG.info("Received shutdown signal, cleaning up...");
        try {
            runFiles.removeMarker();
        } catch (IOException e) {
            LOG.error("The readiness marker cannot be removed", e);
        }
        forward.close();
        connections.drain();
        awaitExchanges();
        connections.closeAll();
        shutdown.now();
        LOG.info("Cleanup complete");
        stopped.countDown();
    }

    private void awaitExchanges() {
        long deadline = System.nanoTime() + settings.traffic().drainTime().toNanos();
        while (connections.exchangesInProgress() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(DRAIN_STEP.toNanos());
        }
        long left = connections.exchangesInProgress();
        if (left > 0) {
            LOG.warn(
                    "{} exchanges did not finish in {} and are cut",
                    left,
                    settings.traffic().drainTime());
        }
    }

    /** Waits until {@link #stop} is done. */
    public void awaitStopped() {
        boolean interrupted = false;
        while (true) {
            try {
                stopped.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
