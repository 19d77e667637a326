package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.tls.InterceptionAuthority;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.InstantSource;
import java.util.Base64;

/** {@link AuthorityCommands} as a user types them. */
class AuthorityCommandsTest {
    @TempDir Path directory;
    private Path certificates;
    private InterceptionAuthority authority;
    private String pem;

    @BeforeEach
    void publish() throws IOException, CertificateEncodingException {
        certificates = Files.createDirectory(directory.resolve("certs"));
        authority =
                InterceptionAuthority.openOrCreate(
                        directory.resolve("state"), InstantSource.fixed(CommandHarness.NOW));
        pem =
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(authority.certificate().getEncoded())
                        + "\n-----END CERTIFICATE-----\n";
        Files.writeString(
                certificates.resolve("mitmproxy-ca.pem"), pem + "-----BEGIN PRIVATE KEY-----\nx\n");
    }

    @Test
    void showNamesWhatToCompare() {
        assertThat(run("show").out())
                .isEqualTo(
                        """
                        subject      CN=unified-proxy CA
                        sha256       %s
                        valid from   2026-11-23T12:00:00Z
                        valid until  2036-11-23T12:00:00Z
                        path         %s/mitmproxy-ca.pem
                        """
                                .formatted(authority.sha256Fingerprint(), certificates));
        assertThat(
                        new CommandHarness(directory)
                                .run("ca", "show", "--json", "--certs", certificates.toString())
                                .out())
                .contains("\"sha256\" : \"" + authority.sha256Fingerprint() + "\"");
    }

    @Test
    void exportPrintsTheCertificateAndNothingElse() throws IOException {
        assertThat(run("export").out()).isEqualTo(pem);

        Path out = directory.resolve("out.crt");
        assertThat(
                        new CommandHarness(directory)
                                .run(
                                        "ca",
                                        "export",
                                        "--certs",
                                        certificates.toString(),
                                        "--out",
                                        out.toString())
                                .out())
                .isEqualTo("Wrote " + out + "\n");
        assertThat(Files.readString(out)).isEqualTo(pem);
    }

    @Test
    void whatCannotBeReadOrWrittenEndsWith78() throws IOException {
        CommandHarness command = new CommandHarness(directory);
        String[] export = {
            "ca",
            "export",
            "--certs",
            certificates.toString(),
            "--out",
            directory.resolve("no/where").toString()
        };
        assertThat(command.run(export).status()).isEqualTo(78);

        Files.writeString(certificates.resolve("mitmproxy-ca.pem"), "nonsense");
        assertThat(run("show").status()).isEqualTo(78);

        Files.delete(certificates.resolve("mitmproxy-ca.pem"));
        assertThat(run("show").status()).isEqualTo(78);
        assertThat(run("show").err())
                .startsWith(
                        "unified-proxy: there is no readable CA certificate at " + certificates);
    }

    private CommandHarness.Outcome run(String command) {
        return new CommandHarness(directory)
                .with("PROXY_RUN_DIR", directory.toString())
                .with("PROXY_CERTS_DIR", certificates.toString())
                .run("ca", command);
    }
}
