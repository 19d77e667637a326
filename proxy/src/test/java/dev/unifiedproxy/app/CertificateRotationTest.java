package dev.unifiedproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.tls.AuthorityException;
import dev.unifiedproxy.tls.InterceptionAuthority;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/** {@link CertificateRotation}: the overlap ends by itself, and publishing is made up for. */
final class CertificateRotationTest {
    private static final Duration OFTEN = Duration.ofMillis(20);

    @TempDir Path state;
    @TempDir Path shared;
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

    private int published() throws IOException {
        return Files.readString(shared.resolve("certs/mitmproxy-ca.pem"))
                        .split("BEGIN CERTIFICATE", -1)
                        .length
                - 1;
    }

    @Test
    void theOverlapEndsByItself() throws IOException {
        InterceptionAuthority authority = InterceptionAuthority.openOrCreate(state, now::get);
        try (CertificateRotation rotation =
                CertificateRotation.watching(authority, shared.resolve("certs"), OFTEN)) {
            assertThat(rotation.rotate(Duration.ofHours(1)).orElseThrow().over()).isFalse();
            assertThat(rotation.rotate(Duration.ofHours(1))).isEmpty();
            assertThat(published()).isEqualTo(2);
            now.set(now.get().plus(Duration.ofHours(1)));
            await().until(() -> published() == 1);
            assertThat(authority.rotation()).isEmpty();
        }
    }

    @Test
    void whatCouldNotBePublishedIsPublishedLater() throws IOException {
        InterceptionAuthority authority = InterceptionAuthority.openOrCreate(state, now::get);
        Files.writeString(shared.resolve("certs"), "in the way");
        try (CertificateRotation rotation =
                CertificateRotation.watching(authority, shared.resolve("certs"), OFTEN)) {
            assertThatThrownBy(() -> rotation.rotate(Duration.ofHours(1)))
                    .isInstanceOf(AuthorityException.class);
            Files.delete(shared.resolve("certs"));
            await().until(() -> Files.exists(shared.resolve("certs/ca-certificates.crt")));
            assertThat(published()).isEqualTo(2);
        }
    }
}
