package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.credential.ClientCertificate;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.host.Host;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Servers that ask for a certificate get the one that is bound to their name, and no other. */
final class MutualTlsTest {
    @TempDir Path directory;
    private Certificates trusted;
    private ClientCertificate ours;

    static Stream<SslProvider> providers() {
        return OpenSsl.isAvailable()
                ? Stream.of(SslProvider.JDK, SslProvider.OPENSSL)
                : Stream.of(SslProvider.JDK);
    }

    @BeforeEach
    void make() throws Exception {
        trusted = Certificates.in(directory.resolve("trusted"), InstantSource.system());
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        X509Certificate leaf =
                trusted.authority().issueLeaf(Host.parse("client.example"), keys.getPublic());
        ours =
                ClientCertificate.read(
                        write("CERTIFICATE", leaf.getEncoded()),
                        write("PRIVATE KEY", keys.getPrivate().getEncoded()));
    }

    private Path write(String label, byte[] der) throws Exception {
        return Files.writeString(
                directory.resolve(label),
                "-----BEGIN %s-----%n%s%n-----END %s-----%n"
                        .formatted(label, Base64.getMimeEncoder().encodeToString(der), label));
    }

    private RawServer.Script mutual(String host) throws Exception {
        var context = trusted.mutualServerFor(host);
        return connection -> {
            String shown = connection.secureMutually(context);
            connection.readHead();
            connection.write(
                    "HTTP/1.1 200 OK\r\nContent-Length: " + shown.length() + "\r\n\r\n" + shown);
        };
    }

    private Call get(SslProvider provider, String boundTo) throws Exception {
        UpstreamTls tls =
                UpstreamTls.trusting(
                        provider, List.of(trusted.root()), Map.of(Host.parse(boundTo), ours));
        try (RawServer server = RawServer.plain(mutual("a.example"));
                ClientRig rig = new ClientRig(tls)) {
            return rig.get("https://a.example:" + server.port() + "/x");
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void theBoundHostSeesTheCertificate(SslProvider provider) throws Exception {
        assertThat(get(provider, "a.example").receivedBody())
                .isEqualTo(ours.chain().getFirst().getSerialNumber().toString());
    }

    @ParameterizedTest
    @MethodSource("providers")
    void anotherHostDoesNot(SslProvider provider) throws Exception {
        assertThat(get(provider, "b.example").failure().code())
                .isIn(ErrorCode.TLS_FAILED, ErrorCode.UPSTREAM_CLOSED);
    }
}
