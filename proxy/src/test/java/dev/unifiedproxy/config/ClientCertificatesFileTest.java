package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.credential.ClientCertificate;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.tls.InterceptionAuthority;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;

class ClientCertificatesFileTest {
    @TempDir Path directory;

    @BeforeEach
    void write() throws Exception {
        make("ec", "EC", 256);
        make("rsa", "RSA", 2048);
        make("other", "EC", 256);
        Files.writeString(directory.resolve("junk"), "junk that is secret");
    }

    private void make(String name, String algorithm, int size) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(size);
        KeyPair keys = generator.generateKeyPair();
        InterceptionAuthority authority =
                InterceptionAuthority.openOrCreate(directory.resolve("ca"), InstantSource.system());
        write(
                name + ".pem",
                "CERTIFICATE",
                authority.issueLeaf(Host.parse("proxy.example"), keys.getPublic()).getEncoded());
        write(name + ".key", "PRIVATE KEY", keys.getPrivate().getEncoded());
    }

    private void write(String file, String label, byte[] der) throws Exception {
        Files.writeString(
                directory.resolve(file),
                "-----BEGIN %s-----%n%s%n-----END %s-----%n"
                        .formatted(label, Base64.getMimeEncoder().encodeToString(der), label));
    }

    private Map<Host, ClientCertificate> parse(String text) {
        return ClientCertificatesFile.parse(
                directory.resolve("clients"), text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsCertificatesOfBothKinds() {
        Map<Host, ClientCertificate> read =
                parse("# ours\nA.Example ec.pem ec.key\n\n10.1.2.3\trsa.pem rsa.key # his\n");
        assertThat(read.keySet())
                .containsExactlyInAnyOrder(Host.parse("a.example"), Host.parse("10.1.2.3"));
        assertThat(read.values())
                .allSatisfy(c -> assertThat(c.chain()).hasSize(1))
                .allSatisfy(c -> assertThat(c.toString()).doesNotContain("PrivateKey"));
        assertThat(read.values())
                .extracting(c -> c.key().getAlgorithm())
                .containsExactlyInAnyOrder("EC", "RSA");
    }

    @ParameterizedTest
    @CsvSource({
        "a.example ec.pem,the line has 2 words",
        "a.example ec.pem ec.key more,the line has 4 words",
        "a..example ec.pem ec.key,a..example",
        "a.example none.pem ec.key,cannot be read",
        "a.example ec.pem none.key,cannot be read",
        "a.example junk ec.key,certificate",
        "a.example ec.pem junk,no private key in PKCS 8",
        "a.example ec.pem ec.pem,no private key in PKCS 8",
        "a.example ec.pem rsa.key,is not a private key for EC",
        "a.example ec.pem other.key,is not the key of the certificate",
    })
    void aLineThatIsNotRightIsAProblemWithItsPlace(String line, String message) {
        assertThatThrownBy(() -> parse("\n" + line))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("clients:2:1: ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.example", "A.EXAMPLE", "a.example."})
    void aHostHasOneCertificate(String again) {
        assertThatThrownBy(() -> parse("a.example ec.pem ec.key\n" + again + " rsa.pem rsa.key"))
                .hasMessageContaining("clients:2:1: ")
                .hasMessageContaining("has a certificate already");
    }
}
