package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.host.Host;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** {@link Rotation} of an authority, its {@link SuccessorStore} and {@link AuthorityCheck}. */
final class AuthorityRotationTest {
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir Path state;
    @TempDir Path certificates;
    private Instant now = Instant.now();

    private InterceptionAuthority open() {
        return InterceptionAuthority.openOrCreate(state, () -> now);
    }

    private Path file(String name) {
        return state.resolve(name);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> found = Files.list(state)) {
            return found.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** The issuer's name that the client saw on the leaf, or why it saw none. */
    private static String visit(GatedServer server, X509Certificate trusted, String version)
            throws Exception {
        try (SSLSocket socket =
                (SSLSocket) TlsFixtures.clientTrusting(trusted).getSocketFactory().createSocket()) {
            socket.connect(
                    new InetSocketAddress(
                            InetAddress.getByAddress("a.example", new byte[] {127, 0, 0, 1}),
                            server.port()));
            socket.setSoTimeout(10_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setProtocols(new String[] {version});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return "trusted, " + socket.getSession().getPeerCertificates().length + " certificates";
        } catch (SSLHandshakeException e) {
            return "refused";
        }
    }

    @ParameterizedTest
    @CsvSource({"NATIVE, TLSv1.3", "NATIVE, TLSv1.2", "JDK, TLSv1.3", "JDK, TLSv1.2"})
    void whoeverTrustsEitherIsServedDuringTheOverlap(TlsProvider provider, String version)
            throws Exception {
        InterceptionAuthority authority = open();
        X509Certificate old = authority.certificate();
        try (LeafCertificates leaves =
                        new LeafCertificates(authority, provider, InstantSource.system());
                GatedServer server = new GatedServer(Host.parse("a.example"), leaves)) {
            assertThat(visit(server, old, version)).isEqualTo("trusted, 1 certificates");

            Rotation begun = authority.rotate(WEEK).orElseThrow();
            X509Certificate next = authority.trusted().getLast();
            assertThat(begun.over()).isFalse();
            assertThat(authority.trusted()).containsExactly(old, next).doesNotHaveDuplicates();
            assertThat(visit(server, old, version)).isEqualTo("trusted, 2 certificates");
            assertThat(visit(server, next, version)).isEqualTo("trusted, 2 certificates");

            Rotation over = authority.rotate(Duration.ZERO).orElseThrow();
            assertThat(over.newSha256())
                    .isEqualTo(begun.newSha256())
                    .isEqualTo(authority.sha256Fingerprint());
            assertThat(over.over()).isTrue();
            assertThat(visit(server, old, version)).isEqualTo("refused");
            assertThat(visit(server, next, version)).isEqualTo("trusted, 1 certificates");
            assertThat(authority.trusted()).containsExactly(next);
        }
    }

    @Test
    void theSuccessorIsTheOwnersAndSurvivesARestart() throws Exception {
        InterceptionAuthority authority = open();
        Rotation begun = authority.rotate(WEEK).orElseThrow();
        assertThat(names()).containsExactly("ca", "ca-next");
        assertThat(mode(file("ca-next"))).isEqualTo("rwx------");
        assertThat(mode(file("ca-next/ca-key.pem"))).isEqualTo("rw-------");
        now = now.plus(WEEK).minusSeconds(60);
        InterceptionAuthority again = open();
        assertThat(again.rotation()).contains(begun);
        assertThat(again.settle()).isEmpty();
        assertThat(again.trusted()).isEqualTo(authority.trusted());
        assertThat(again.sha256Fingerprint()).isEqualTo(begun.oldSha256());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theOverlapEndsByTheClock(boolean byRestart) throws Exception {
        InterceptionAuthority authority = open();
        Rotation begun = authority.rotate(WEEK).orElseThrow();
        now = now.plus(WEEK);
        if (byRestart) {
            authority = open();
        } else {
            assertThat(authority.settle().orElseThrow().over()).isTrue();
        }
        assertThat(authority.sha256Fingerprint()).isEqualTo(begun.newSha256());
        assertThat(authority.rotation()).isEmpty();
        assertThat(authority.settle()).isEmpty();
        assertThat(names()).containsExactly("ca");
        assertThat(open().sha256Fingerprint()).isEqualTo(begun.newSha256());
        try (Stream<Path> files = Files.list(file("ca"))) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("ca-key.pem", "ca.pem");
        }
    }

    @Test
    void oneRotationAtATime() {
        InterceptionAuthority authority = open();
        Rotation begun = authority.rotate(WEEK).orElseThrow();
        assertThat(authority.rotate(WEEK)).isEmpty();
        assertThat(authority.rotation()).contains(begun);
        assertThat(authority.rotate(Duration.ZERO)).isPresent();
        Rotation second = authority.rotate(WEEK).orElseThrow();
        assertThat(second.oldSha256()).isEqualTo(begun.newSha256());
    }

    @Test
    void theOverlapNeverOutlivesTheOldOne() {
        InterceptionAuthority authority = open();
        Instant end = authority.certificate().getNotAfter().toInstant();
        now = end.minus(Duration.ofDays(2));
        assertThat(authority.rotate(WEEK).orElseThrow().overlapEnds()).isEqualTo(end);
    }

    /** The old one was put aside, and then the machine stopped. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCrashBetweenTheRenamesIsMadeGood(boolean nextHasMoved) throws Exception {
        Rotation begun = open().rotate(WEEK).orElseThrow();
        Files.move(file("ca"), file("ca-retired"));
        if (nextHasMoved) {
            Files.move(file("ca-next"), file("ca"));
        }
        InterceptionAuthority authority = open();
        assertThat(authority.created()).isFalse();
        assertThat(authority.sha256Fingerprint()).isEqualTo(begun.newSha256());
        assertThat(names()).containsExactly("ca");
    }

    /** The files of a successor were being written, and then the machine stopped. */
    @Test
    void aSuccessorThatWasNotWholeIsNone() throws Exception {
        InterceptionAuthority authority = open();
        Files.createDirectory(file(".ca-4711"));
        Files.writeString(file(".ca-4711/ca-key.pem"), "-----BEGIN PRIV");
        assertThat(open().rotation()).isEmpty();
        assertThat(open().sha256Fingerprint()).isEqualTo(authority.sha256Fingerprint());
        assertThat(open().rotate(WEEK)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca.pem", "ca-key.pem", "old-with-new.pem", "overlap-ends"})
    void aDamagedSuccessorIsRefusedByName(String name) throws Exception {
        open().rotate(WEEK);
        Files.writeString(file("ca-next").resolve(name), "nonsense");
        assertThatThrownBy(this::open)
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining(file("ca-next").resolve(name).toString());
    }

    @Test
    void anEmptiedShareMakesANewAuthorityAndNoOther() throws Exception {
        open().rotate(WEEK);
        assertThat(InterceptionAuthority.discard(state)).isTrue();
        assertThat(names()).isEmpty();
        assertThat(open().rotation()).isEmpty();
    }

    @Test
    void bothArePublishedAndThenTheNewOneAlone() throws Exception {
        InterceptionAuthority authority = open();
        authority.rotate(WEEK);
        PublishedTrust trust = authority.publish(certificates, Optional.empty());
        assertThat(pem(trust.certificate())).isEqualTo(encoded(authority.trusted()));
        assertThat(pem(trust.bundle())).isEqualTo(encoded(authority.trusted()));
        authority.rotate(Duration.ZERO);
        authority.publish(certificates, Optional.empty());
        assertThat(pem(trust.certificate())).isEqualTo(encoded(List.of(authority.certificate())));
        assertThat(Files.readString(trust.certificate())).doesNotContain("PRIVATE");
    }

    private static List<String> pem(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        return Pem.decode("CERTIFICATE", text).stream().map(HexFormat.of()::formatHex).toList();
    }

    private static List<String> encoded(List<X509Certificate> all) throws Exception {
        List<String> out = new ArrayList<>();
        for (X509Certificate one : all) {
            out.add(HexFormat.of().formatHex(one.getEncoded()));
        }
        return out;
    }
}
