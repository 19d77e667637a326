package dev.unifiedproxy.app;

import dev.unifiedproxy.control.AuthorityRotation;
import dev.unifiedproxy.control.RotatedAuthority;
import dev.unifiedproxy.tls.InterceptionAuthority;
import dev.unifiedproxy.tls.Rotation;
import dev.unifiedproxy.tls.SystemTrust;

import io.netty.util.concurrent.DefaultThreadFactory;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Rotates the authority of the running proxy, publishes what sandboxes are to trust after each
 * step, and completes a rotation whose overlap is over.
 */
final class CertificateRotation implements AuthorityRotation, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateRotation.class);

    private final InterceptionAuthority authority;
    private final Path certificates;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    new DefaultThreadFactory("ca-rotation", true));
    private boolean published = true;

    private CertificateRotation(InterceptionAuthority authority, Path certificates) {
        this.authority = authority;
        this.certificates = certificates;
    }

    /**
     * Looks again and again whether an overlap is over.
     *
     * @param certificates where sandboxes find certificates
     * @param period the time between two looks
     */
    static CertificateRotation watching(
            InterceptionAuthority authority, Path certificates, Duration period) {
        CertificateRotation rotation = new CertificateRotation(authority, certificates);
        rotation.timer.scheduleWithFixedDelay(
                rotation::look, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        return rotation;
    }

    @Override
    public synchronized Optional<RotatedAuthority> rotate(Duration overlap) {
        Optional<Rotation> done = authority.rotate(overlap);
        if (done.isEmpty()) {
            return Optional.empty();
        }
        publish();
        Rotation rotation = done.get();
        log(rotation);
        return Optional.of(
                new RotatedAuthority(
                        rotation.oldSha256(),
                        rotation.newSha256(),
                        rotation.overlapEnds(),
                        rotation.over()));
    }

    /** A look that fails is not the last one. */
    private void look() {
        try {
            settle();
        } catch (RuntimeException e) {
            LOG.error("The CA's rotation cannot go on; it is tried again", e);
        }
    }

    private synchronized void settle() {
        Optional<Rotation> completed = authority.settle();
        if (completed.isPresent() || !published) {
            publish();
        }
        completed.ifPresent(CertificateRotation::log);
    }

    private void publish() {
        published = false;
        authority.publish(certificates, SystemTrust.find()).note().ifPresent(LOG::warn);
        published = true;
    }

    private static void log(Rotation rotation) {
        LOG.info(
                rotation.over()
                        ? "CA rotated: {} is gone, {} alone is good (since {})"
                        : "CA rotation began: {} goes, {} comes, both are good until {}",
                rotation.oldSha256(),
                rotation.newSha256(),
                rotation.overlapEnds());
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
