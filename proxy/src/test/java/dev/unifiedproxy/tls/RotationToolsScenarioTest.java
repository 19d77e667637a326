package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.host.Host;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** What openssl and curl think before, during and after a rotation, whichever they trust. */
final class RotationToolsScenarioTest {
    @TempDir Path directory;

    private String run(String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(out.toFile())
                        .start();
        int exit = process.waitFor();
        return exit + " " + Files.readString(out, StandardCharsets.ISO_8859_1).strip();
    }

    private Path write(String name, List<X509Certificate> certificates) throws Exception {
        StringBuilder text = new StringBuilder();
        for (X509Certificate one : certificates) {
            text.append(Pem.encode("CERTIFICATE", one.getEncoded()));
        }
        return Files.writeString(directory.resolve(name), text.toString());
    }

    private String curl(GatedServer server, Path trusted) throws Exception {
        return run(
                "curl",
                "--http1.1",
                "-sS",
                "--noproxy",
                "*",
                "--max-time",
                "20",
                "--cacert",
                trusted.toString(),
                "--resolve",
                "a.example:" + server.port() + ":127.0.0.1",
                "https://a.example:" + server.port() + "/");
    }

    private String verify(InterceptionAuthority authority, Path trusted) throws Exception {
        List<X509Certificate> chain =
                authority.issueChain(Host.parse("a.example"), authority.newLeafKeys().getPublic());
        return run(
                "openssl",
                "verify",
                "-x509_strict",
                "-purpose",
                "sslserver",
                "-verify_hostname",
                "a.example",
                "-CAfile",
                trusted.toString(),
                "-untrusted",
                write("chain.pem", chain).toString(),
                write("leaf.pem", chain.subList(0, 1)).toString());
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void everyoneIsServedUntilTheOverlapEnds(TlsProvider provider) throws Exception {
        InterceptionAuthority authority = TlsFixtures.authority(directory.resolve("state"));
        Path old = write("old.pem", authority.trusted());
        try (LeafCertificates leaves =
                        new LeafCertificates(authority, provider, InstantSource.system());
                GatedServer server = new GatedServer(Host.parse("a.example"), leaves)) {
            assertThat(curl(server, old)).isEqualTo("0 ok");

            authority.rotate(Duration.ofDays(7));
            Path next = write("next.pem", authority.trusted().subList(1, 2));
            Path both = authority.publish(directory.resolve("certs"), Optional.empty()).bundle();
            for (Path trusted : List.of(old, next, both)) {
                assertThat(curl(server, trusted)).as("%s", trusted).isEqualTo("0 ok");
                assertThat(verify(authority, trusted)).startsWith("0 ").endsWith(": OK");
            }
            assertThat(run("openssl", "x509", "-noout", "-text", "-in", next.toString()))
                    .contains("CA:TRUE, pathlen:1", "Certificate Sign, CRL Sign");

            authority.rotate(Duration.ZERO);
            assertThat(curl(server, next)).isEqualTo("0 ok");
            assertThat(curl(server, both)).isEqualTo("0 ok");
            assertThat(curl(server, old)).startsWith("60 ");
            assertThat(verify(authority, next)).endsWith(": OK");
            assertThat(verify(authority, old)).doesNotStartWith("0 ");
        }
    }
}
