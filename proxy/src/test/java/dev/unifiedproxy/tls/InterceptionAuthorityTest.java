package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.host.Host;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** {@link InterceptionAuthority} and the {@link AuthorityStore} below it. */
final class InterceptionAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-11-24T06:00:00.5Z");

    @TempDir Path state;

    private static InstantSource at(Instant instant) {
        return InstantSource.fixed(instant);
    }

    private InterceptionAuthority open(Instant now) {
        return InterceptionAuthority.openOrCreate(state, at(now));
    }

    private Path key() {
        return state.resolve("ca/ca-key.pem");
    }

    private Path certificate() {
        return state.resolve("ca/ca.pem");
    }

    @Test
    void isCreatedOnceAndKept() throws Exception {
        InterceptionAuthority first = open(NOW);
        InterceptionAuthority second = open(NOW.plus(Duration.ofDays(3650)));

        assertThat(first.created()).isTrue();
        assertThat(second.created()).isFalse();
        assertThat(second.certificate()).isEqualTo(first.certificate());
        assertThat(first.notes()).isEmpty();
        assertThat(second.notes()).isEmpty();
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(first.certificate().getEncoded());
        assertThat(first.sha256Fingerprint())
                .isEqualTo(second.sha256Fingerprint())
                .hasSize(95)
                .isEqualTo(HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest));
    }

    @Test
    void onlyTheOwnerReadsTheKeyAndNothingElseIsLeft() throws IOException {
        open(NOW);
        assertThat(mode(state.resolve("ca"))).isEqualTo("rwx------");
        assertThat(mode(key())).isEqualTo("rw-------");
        assertThat(names(state)).containsExactly("ca");
        assertThat(names(state.resolve("ca"))).containsExactly("ca-key.pem", "ca.pem");
    }

    @Test
    void tooOpenModesAreTightenedAndNoted() throws IOException {
        open(NOW);
        Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(
                state.resolve("ca"), PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(open(NOW).notes())
                .containsExactly(
                        state.resolve("ca") + ": mode rwxr-xr-x was too open (set to: rwx------)",
                        key() + ": mode rw-r--r-- was too open (set to: rw-------)");
        assertThat(mode(key())).isEqualTo("rw-------");
        assertThat(mode(state.resolve("ca"))).isEqualTo("rwx------");
    }

    @Test
    void emptyDirectoryIsFilled() throws IOException {
        Files.createDirectory(state.resolve("ca"));
        assertThat(open(NOW).created()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca-key.pem", "ca.pem"})
    void halfIsRefused(String missing) throws IOException {
        open(NOW);
        Files.delete(state.resolve("ca").resolve(missing));
        assertThatThrownBy(() -> open(NOW))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining(missing + " is missing")
                .hasMessageContaining(state.toString());
    }

    @Test
    void foreignKeyIsRefused(@TempDir Path other) throws IOException {
        open(NOW);
        InterceptionAuthority.openOrCreate(other, at(NOW));
        Files.copy(other.resolve("ca/ca-key.pem"), key(), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> open(NOW))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining("is not the P-256 key of");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\nSECRET!\n-----END PRIVATE KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\nSECRET"
            })
    void unreadableKeyIsRefusedWithoutBeingQuoted(String text) throws IOException {
        open(NOW);
        Files.writeString(key(), text);
        assertThatThrownBy(() -> open(NOW))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining(key().toString())
                .message()
                .doesNotContainIgnoringCase("secret")
                .doesNotContain("c2VjcmV0");
    }

    @Test
    void unreadableCertificateIsRefused() throws IOException {
        open(NOW);
        Files.writeString(
                certificate(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertThatThrownBy(() -> open(NOW))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining("is not an X.509 certificate");
    }

    @Test
    void hugeFileIsRefused() throws IOException {
        open(NOW);
        Files.write(certificate(), new byte[65537]);
        assertThatThrownBy(() -> open(NOW))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining("65537 bytes (expected: <= 65536)");
    }

    @Test
    void leafInPlaceOfTheAuthorityIsRefused() throws Exception {
        InterceptionAuthority authority = open(NOW);
        X509Certificate leaf =
                authority.issueLeaf(Host.parse("a.example"), authority.newLeafKeys().getPublic());
        Files.writeString(certificate(), Pem.encode("CERTIFICATE", leaf.getEncoded()));
        assertThatThrownBy(() -> open(NOW))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining("expected: CA:TRUE");
    }

    @ParameterizedTest
    @ValueSource(longs = {-2, 3653})
    void outsideItsTimeItIsRefused(long days) {
        InterceptionAuthority authority = open(NOW);
        Instant then = NOW.plus(Duration.ofDays(days));
        assertThatThrownBy(() -> open(then))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining("expected: valid at " + then);
        assertThat(authority.certificate().getNotAfter().toInstant())
                .isEqualTo("2036-11-23T06:00:00Z");
    }

    @Test
    void expiredAuthorityIssuesNothing() {
        open(NOW);
        MovableClock clock = new MovableClock(NOW);
        InterceptionAuthority authority = InterceptionAuthority.openOrCreate(state, clock);
        clock.now = NOW.plus(Duration.ofDays(3653));
        assertThatThrownBy(
                        () ->
                                authority.issueLeaf(
                                        Host.parse("a.example"),
                                        authority.newLeafKeys().getPublic()))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining("expected: valid at");
    }

    private static final class MovableClock implements InstantSource {
        private Instant now;

        private MovableClock(Instant now) {
            this.now = now;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100, 3650})
    void leafLivesSevenDaysInsideTheAuthority(long days) {
        open(NOW);
        Instant now = NOW.plus(Duration.ofDays(days));
        InterceptionAuthority authority = open(now);
        X509Certificate leaf =
                authority.issueLeaf(Host.parse("a.example"), authority.newLeafKeys().getPublic());

        Instant last = authority.certificate().getNotAfter().toInstant();
        Instant second = Instant.ofEpochSecond(now.getEpochSecond());
        Instant week = second.plus(Duration.ofDays(7));
        assertThat(leaf.getNotBefore().toInstant()).isEqualTo(second.minus(Duration.ofDays(1)));
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(week.isAfter(last) ? last : week);
    }

    @Test
    void startsAtOnceGetOneAuthority() throws Exception {
        int starts = 8;
        CyclicBarrier barrier = new CyclicBarrier(starts);
        Callable<InterceptionAuthority> start =
                () -> {
                    barrier.await();
                    return open(NOW);
                };
        List<InterceptionAuthority> opened = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(starts)) {
            for (Future<InterceptionAuthority> future :
                    threads.invokeAll(Collections.nCopies(starts, start))) {
                opened.add(future.get());
            }
        }
        assertThat(opened)
                .extracting(InterceptionAuthority::sha256Fingerprint)
                .containsOnly(opened.getFirst().sha256Fingerprint());
        assertThat(opened).filteredOn(InterceptionAuthority::created).hasSize(1);
        assertThat(names(state)).containsExactly("ca");
    }

    @Test
    void discardMakesRoomForNewOne() throws IOException {
        assertThat(InterceptionAuthority.discard(state)).isFalse();
        String first = open(NOW).sha256Fingerprint();
        assertThat(InterceptionAuthority.discard(state)).isTrue();
        assertThat(names(state)).isEmpty();
        InterceptionAuthority second = open(NOW);
        assertThat(second.created()).isTrue();
        assertThat(second.sha256Fingerprint()).isNotEqualTo(first);
    }

    @Test
    void publishedDirectoryHoldsCertificatesOnly(@TempDir Path shared) throws Exception {
        InterceptionAuthority authority = open(NOW);
        X509Certificate system =
                InterceptionAuthority.openOrCreate(shared.resolve("other"), at(NOW)).certificate();
        Path bundle = shared.resolve("system.crt");
        Files.writeString(
                bundle,
                "# comment\n"
                        + Pem.encode("CERTIFICATE", system.getEncoded())
                        + Pem.encode("PRIVATE KEY", new byte[] {1, 2, 3}));
        Path certs = shared.resolve("new/certs");

        for (int times = 0; times < 2; times++) {
            PublishedTrust published = authority.publish(certs, Optional.of(bundle));
            assertThat(published)
                    .isEqualTo(
                            new PublishedTrust(
                                    certs.resolve("mitmproxy-ca.pem"),
                                    certs.resolve("ca-certificates.crt"),
                                    1,
                                    Optional.empty()));
        }

        assertThat(names(certs)).containsExactly("ca-certificates.crt", "mitmproxy-ca.pem");
        assertThat(Files.readAllLines(certs.resolve("mitmproxy-ca.pem")).getFirst())
                .isEqualTo("-----BEGIN CERTIFICATE-----");
        for (String name : names(certs)) {
            assertThat(Files.readString(certs.resolve(name))).doesNotContain("PRIVATE KEY");
            assertThat(mode(certs.resolve(name))).isEqualTo("rw-r--r--");
        }
        assertThat(SystemTrust.certificates(certs.resolve("mitmproxy-ca.pem")))
                .containsExactly(authority.certificate());
        assertThat(SystemTrust.certificates(certs.resolve("ca-certificates.crt")))
                .containsExactly(system, authority.certificate());
    }

    @Test
    void withoutSystemBundleTheNoteSaysSo(@TempDir Path certs) {
        InterceptionAuthority authority = open(NOW);
        PublishedTrust published = authority.publish(certs, Optional.empty());
        assertThat(published.note().orElseThrow())
                .contains("no system CA bundle found", published.bundle().toString());
        assertThat(SystemTrust.certificates(published.bundle()))
                .containsExactly(authority.certificate());
    }

    @Test
    void unwritablePlacesAreNamed(@TempDir Path other) throws IOException {
        Path file = Files.createFile(other.resolve("file"));
        assertThatThrownBy(() -> InterceptionAuthority.openOrCreate(file, at(NOW)))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining(file.toString());
        InterceptionAuthority authority = open(NOW);
        assertThatThrownBy(() -> authority.publish(file, Optional.empty()))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining("cannot be published in " + file);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
