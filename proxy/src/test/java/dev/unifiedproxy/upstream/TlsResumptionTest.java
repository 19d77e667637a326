package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;

import io.netty.handler.ssl.SslProvider;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;

/** Whether a second connection resumes the TLS session of the first, and whose it never does. */
final class TlsResumptionTest {
    @TempDir private Path directory;

    private Certificates trusted;
    private SSLContext server;

    @BeforeEach
    void open() throws Exception {
        trusted = Certificates.in(directory, InstantSource.system());
        server = trusted.serverFor("a.example");
    }

    private RawServer server(String protocol) {
        return RawServer.plain(
                connection -> {
                    connection.secure(server, protocol);
                    connection.readHead();
                    connection.write(
                            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
                    connection.close();
                });
    }

    private ClientRig rig(SslProvider provider) throws Exception {
        return new ClientRig(UpstreamTls.trusting(provider, List.of(trusted.root()), Map.of()));
    }

    /** The session that the server sees, by its beginning. */
    private static long session(ClientRig rig, RawServer raw) {
        assertThat(rig.get("https://a.example:" + raw.port() + "/x").receivedBody())
                .isEqualTo("hi");
        return raw.connection(raw.connections() - 1).session();
    }

    @ParameterizedTest
    @CsvSource({"JDK,TLSv1.3", "JDK,TLSv1.2", "OPENSSL,TLSv1.3", "OPENSSL,TLSv1.2"})
    void theNextConnectionToAServerResumes(SslProvider provider, String protocol) throws Exception {
        try (RawServer raw = server(protocol);
                ClientRig rig = rig(provider)) {
            long first = session(rig, raw);
            assertThat(session(rig, raw)).isEqualTo(first);
            assertThat(session(rig, raw)).isEqualTo(first);
            assertThat(raw.connections()).isEqualTo(3);
        }
    }

    /** A resumed session is not verified again: another name must not get it. */
    @ParameterizedTest
    @CsvSource({"JDK,TLSv1.3", "JDK,TLSv1.2", "OPENSSL,TLSv1.3", "OPENSSL,TLSv1.2"})
    void noSessionIsSharedBetweenAuthorities(SslProvider provider, String protocol)
            throws Exception {
        try (RawServer raw = server(protocol);
                RawServer otherPort = server(protocol);
                ClientRig rig = rig(provider)) {
            long first = session(rig, raw);
            assertThat(rig.get("https://b.example:" + raw.port() + "/x").failure().code())
                    .isEqualTo(ErrorCode.TLS_FAILED);
            assertThat(session(rig, otherPort)).isNotEqualTo(first);
        }
    }
}
