package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** What openssl and curl think of our certificates and of a server behind the gate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TlsToolsScenarioTest {
    private Path directory;
    private InterceptionAuthority authority;
    private PublishedTrust trust;

    @BeforeAll
    void publish(@TempDir Path temporary) {
        directory = temporary;
        authority = TlsFixtures.authority(temporary.resolve("state"));
        trust = authority.publish(temporary.resolve("certs"), SystemTrust.find());
    }

    private record Output(int exit, String text) {}

    private Output run(String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(out.toFile())
                        .start();
        int exit = process.waitFor();
        return new Output(exit, Files.readString(out, StandardCharsets.ISO_8859_1));
    }

    static Stream<String> hosts() {
        return Stream.of(
                "a",
                "a.b.github.com",
                "a_b.example",
                CertificateWriterTest.name(64).text(),
                CertificateWriterTest.name(65).text(),
                CertificateWriterTest.name(253).text(),
                "127.0.0.1",
                "[2001:db8::1]");
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void leafVerifiesStrictly(String text) throws Exception {
        Host host = Host.parse(text);
        X509Certificate leaf = authority.issueLeaf(host, authority.newLeafKeys().getPublic());
        Path file = Files.createTempFile(directory, "leaf", ".pem");
        Files.writeString(file, Pem.encode("CERTIFICATE", leaf.getEncoded()));

        for (Path anchors : List.of(trust.certificate(), trust.bundle())) {
            Output verified =
                    run(
                            "openssl",
                            "verify",
                            "-x509_strict",
                            "-purpose",
                            "sslserver",
                            host instanceof IpAddress ? "-verify_ip" : "-verify_hostname",
                            host.text(),
                            "-CAfile",
                            anchors.toString(),
                            file.toString());
            assertThat(verified).isEqualTo(new Output(0, file + ": OK\n"));
        }
        Output printed = run("openssl", "x509", "-noout", "-text", "-in", file.toString());
        assertThat(printed.text())
                .contains(
                        "Version: 3",
                        "Issuer: CN = unified-proxy CA",
                        "TLS Web Server Authentication",
                        "Digital Signature",
                        "ecdsa-with-SHA256")
                .doesNotContain("CA:TRUE");
        if (host instanceof Hostname) {
            assertThat(printed.text()).contains("\n                DNS:" + host.text() + "\n");
        }
    }

    @Test
    void authorityVerifiesStrictly() throws Exception {
        String file = trust.certificate().toString();
        assertThat(run("openssl", "verify", "-x509_strict", "-CAfile", file, file))
                .isEqualTo(new Output(0, file + ": OK\n"));
        assertThat(run("openssl", "x509", "-noout", "-text", "-in", file).text())
                .contains("CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "prime256v1");
        assertThat(run("openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", file).text())
                .isEqualTo("sha256 Fingerprint=" + authority.sha256Fingerprint() + "\n");
    }

    private LeafCertificates leaves(TlsProvider provider) {
        return new LeafCertificates(authority, provider, InstantSource.system());
    }

    private Output curl(String url, String host, int port) throws Exception {
        return run(
                "curl",
                "--http1.1",
                "-sS",
                "--noproxy",
                "*",
                "--max-time",
                "20",
                "--cacert",
                trust.certificate().toString(),
                "--resolve",
                host + ":" + port + ":127.0.0.1",
                url);
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void curlGetsItsAnswer(TlsProvider provider) throws Exception {
        try (LeafCertificates leaves = leaves(provider);
                GatedServer server = new GatedServer(Host.parse("a.b.github.com"), leaves)) {
            String url = "https://a.b.github.com:" + server.port() + "/";
            assertThat(curl(url, "a.b.github.com", server.port())).isEqualTo(new Output(0, "ok"));
            assertThat(server.handshakes()).containsExactly("TLSv1.3 http/1.1");
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void curlReachesAnAddressWithoutAName(TlsProvider provider) throws Exception {
        try (LeafCertificates leaves = leaves(provider);
                GatedServer server = new GatedServer(Host.parse("127.0.0.1"), leaves)) {
            String url = "https://127.0.0.1:" + server.port() + "/";
            assertThat(curl(url, "unused.example", server.port())).isEqualTo(new Output(0, "ok"));
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void curlWithAnotherNameIsRefused(TlsProvider provider) throws Exception {
        try (LeafCertificates leaves = leaves(provider);
                GatedServer server = new GatedServer(Host.parse("github.com"), leaves)) {
            String url = "https://evil.example:" + server.port() + "/";
            Output refused = curl(url, "evil.example", server.port());
            assertThat(refused.exit()).isEqualTo(35);
            assertThat(refused.text()).contains("unrecognized name");
            assertRefused(server, ErrorCode.SNI_MISMATCH);
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void curlWithoutTlsGetsNoByte(TlsProvider provider) throws Exception {
        try (LeafCertificates leaves = leaves(provider);
                GatedServer server = new GatedServer(Host.parse("github.com"), leaves)) {
            String url = "http://github.com:" + server.port() + "/";
            assertThat(curl(url, "github.com", server.port()).exit()).isIn(52, 56);
            assertRefused(server, ErrorCode.TLS_REQUIRED);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NATIVE, -tls1_3, github.com, true",
        "NATIVE, -tls1_2, GITHUB.com, true",
        "NATIVE, -tls1_3, github.com., true",
        "NATIVE, -tls1_1, github.com, false",
        "JDK, -tls1_3, github.com, true",
        "JDK, -tls1_2, GITHUB.com, true",
        "JDK, -tls1_1, github.com, false"
    })
    void opensslClientHandshakes(
            TlsProvider provider, String version, String serverName, boolean expected)
            throws Exception {
        try (LeafCertificates leaves = leaves(provider);
                GatedServer server = new GatedServer(Host.parse("github.com"), leaves)) {
            Output output = client(server, version, "-servername", serverName);
            assertThat(output.exit() == 0 && output.text().contains("Verify return code: 0 (ok)"))
                    .as(output.text())
                    .isEqualTo(expected);
            assertThat(server.handshakes()).hasSize(expected ? 1 : 0);
        }
    }

    /** RFC 8996. At security level 0 it is not the client that refuses. */
    @ParameterizedTest
    @CsvSource({"NATIVE, -tls1", "NATIVE, -tls1_1", "JDK, -tls1", "JDK, -tls1_1"})
    void oldVersionsAreRefusedByUs(TlsProvider provider, String version) throws Exception {
        try (LeafCertificates leaves = leaves(provider);
                GatedServer server = new GatedServer(Host.parse("github.com"), leaves)) {
            Output output =
                    client(
                            server,
                            version,
                            "-servername",
                            "github.com",
                            "-cipher",
                            "ALL:@SECLEVEL=0");
            assertThat(output.text()).contains("alert protocol version");
            assertThat(server.handshakes()).isEmpty();
        }
    }

    /**
     * RFC 7301 section 3.2 wants an alert, which Netty's native engine cannot be told to send: the
     * connection goes on without a protocol, and then HTTP/1.1 is what is spoken and judged.
     */
    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void aProtocolThatWeDoNotSpeakIsNotAgreedTo(TlsProvider provider) throws Exception {
        try (LeafCertificates leaves = leaves(provider);
                GatedServer server = new GatedServer(Host.parse("github.com"), leaves)) {
            Output output =
                    client(server, "-tls1_3", "-servername", "github.com", "-alpn", "h3,spdy/3");
            assertThat(output.text()).contains("No ALPN negotiated");
        }
    }

    @Test
    void opensslClientWithoutNameIsRefused() throws Exception {
        try (LeafCertificates leaves = leaves(TlsProvider.NATIVE);
                GatedServer server = new GatedServer(Host.parse("github.com"), leaves)) {
            assertThat(client(server, "-tls1_3", "-noservername").text())
                    .contains("unrecognized name");
            assertRefused(server, ErrorCode.SNI_MISMATCH);
        }
    }

    /** A context resumes its own sessions; that shows that the client offers them. */
    @ParameterizedTest
    @CsvSource({
        "JDK, github.com, 'Reused, TLSv1.2'",
        "JDK, other.example, 'New, TLSv1.2'",
        "NATIVE, github.com, 'Reused, TLSv1.2'",
        "NATIVE, other.example, 'New, TLSv1.2'"
    })
    void sessionOfOneHostResumesForNoOther(TlsProvider provider, String second, String expected)
            throws Exception {
        Path session = Files.createTempFile(directory, "session", ".pem");
        try (LeafCertificates leaves = leaves(provider);
                GatedServer one = new GatedServer(Host.parse("github.com"), leaves);
                GatedServer two = new GatedServer(Host.parse(second), leaves)) {
            Output first =
                    run(
                            "openssl",
                            "s_client",
                            "-tls1_2",
                            "-connect",
                            "127.0.0.1:" + one.port(),
                            "-servername",
                            "github.com",
                            "-sess_out",
                            session.toString());
            assertThat(first.text()).contains("New, TLSv1.2");
            assertThat(session).isNotEmptyFile();
            Output again =
                    run(
                            "openssl",
                            "s_client",
                            "-tls1_2",
                            "-connect",
                            "127.0.0.1:" + two.port(),
                            "-servername",
                            second,
                            "-sess_in",
                            session.toString());
            assertThat(again.text()).contains(expected);
        }
    }

    private Output client(GatedServer server, String version, String... name) throws Exception {
        return run(
                Stream.concat(
                                Stream.of(
                                        "openssl",
                                        "s_client",
                                        version,
                                        "-connect",
                                        "127.0.0.1:" + server.port(),
                                        "-verify_return_error",
                                        "-verify_hostname",
                                        "github.com",
                                        "-CAfile",
                                        trust.certificate().toString()),
                                Stream.of(name))
                        .toArray(String[]::new));
    }

    private static void assertRefused(GatedServer server, ErrorCode code) {
        await().until(() -> !server.causes().isEmpty());
        assertThat(server.causes())
                .singleElement()
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal().code()).isEqualTo(code));
        assertThat(server.handshakes()).isEmpty();
    }
}
