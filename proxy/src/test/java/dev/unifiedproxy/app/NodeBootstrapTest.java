package dev.unifiedproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.tls.InterceptionAuthority;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.InstantSource;
import java.util.Base64;

/** The file that {@link SandboxFiles} publishes for Node.js, under the Node.js of this machine. */
class NodeBootstrapTest {
    private static final Path CLIENTS = Path.of("src", "test", "clients").toAbsolutePath();

    @TempDir Path directory;

    @Test
    void everyClientOfNodePassesThroughTheProxy() throws Exception {
        Path certs = directory.resolve("my certs");
        SandboxFiles.publish(certs);
        Path key = directory.resolve("key.pem");
        Path certificate = certificate(key);

        Process node =
                new ProcessBuilder(
                                "node",
                                CLIENTS.resolve("node-proxy-stub.cjs").toString(),
                                certificate.toString(),
                                key.toString(),
                                certs.resolve("node-proxy.cjs").toString(),
                                CLIENTS.resolve("node-proxy-client.cjs").toString())
                        .redirectErrorStream(true)
                        .start();
        String out = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(node.waitFor()).as(out).isZero();
        assertThat(out.replaceAll("127\\.0\\.0\\.1:[0-9]+", "PROXY"))
                .isEqualTo(
                        """
                        fetch => tls api.test GET /a?b=c login= key=k
                        fetch with body => tls api.test POST /a login= key=
                        fetch plain => plain plain.test GET http://plain.test/p?q=1 login=Basic Ym94OmEvYg==
                        fetch refused => error: the proxy http://PROXY refused evil.test:443: 403 Forbidden: code: policy.host_not_allowed (ERR_PROXY_TUNNEL)
                        fetch cut off => error: the proxy http://PROXY closed the connection before it answered for gone.test:443 (ERR_PROXY_TUNNEL)
                        fetch direct => plain PROXY GET /d login=
                        https => tls api.test GET /h login= key=
                        https with an agent => tls api.test GET /h login= key=
                        https without an agent => tls api.test GET /h login= key=
                        https refused => error: the proxy http://PROXY refused evil.test:443: 403 Forbidden: code: policy.host_not_allowed (ERR_PROXY_TUNNEL)
                        http => plain plain.test:8000 GET http://plain.test:8000/h login=Basic Ym94OmEvYg==
                        http with headers as text => plain plain.test GET http://plain.test/h login=Basic Ym94OmEvYg==
                        http direct => plain PROXY GET /d login=
                        untrusted => error: Hostname/IP does not match certificate's altnames: Host: other.test. is not in the cert's altnames: DNS:api.test (ERR_TLS_CERT_ALTNAME_INVALID)
                        """);
    }

    private Path certificate(Path keyFile) throws Exception {
        InterceptionAuthority authority =
                InterceptionAuthority.openOrCreate(
                        directory.resolve("state"), InstantSource.system());
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        pem(keyFile, "PRIVATE KEY", keys.getPrivate().getEncoded());
        Path chain = directory.resolve("chain.pem");
        pem(
                chain,
                "CERTIFICATE",
                authority.issueLeaf(Hostname.parse("api.test"), keys.getPublic()).getEncoded());
        Path root = directory.resolve("root.pem");
        pem(root, "CERTIFICATE", authority.certificate().getEncoded());
        Files.writeString(chain, Files.readString(chain) + Files.readString(root));
        return chain;
    }

    private static void pem(Path file, String label, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(
                file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, text, label));
    }
}
