package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.error.ErrorCode;

import io.netty.handler.ssl.SslProvider;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;

/** A scripted server behind TLS: who it has to be before a byte goes out, and how it may end. */
final class UpstreamTlsTest {
    private static final RawServer.Script HI =
            connection -> {
                connection.readHead();
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
                connection.readToEnd();
            };

    @TempDir private Path directory;
    private Certificates trusted;
    private ClientRig rig;

    @BeforeEach
    void open() throws Exception {
        Instant lastYear = Instant.now().minus(Duration.ofDays(365));
        Certificates.in(directory.resolve("trusted"), fixed(lastYear));
        trusted = Certificates.in(directory.resolve("trusted"), InstantSource.system());
        rig =
                new ClientRig(
                        UpstreamTls.trusting(SslProvider.JDK, List.of(trusted.root()), Map.of()));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    static InstantSource fixed(Instant instant) {
        return InstantSource.fixed(instant);
    }

    private static String url(RawServer server) {
        return "https://a.example:" + server.port() + "/secret";
    }

    @Test
    void aVerifiedServerGetsTheRequest() throws Exception {
        try (RawServer server = RawServer.tls(trusted.serverFor("a.example"), HI)) {
            assertThat(rig.get(url(server)).receivedBody()).isEqualTo("hi");
        }
    }

    enum Impostor {
        WRONG_NAME,
        SELF_SIGNED,
        EXPIRED;

        SSLContext context(Path directory, Certificates trusted) throws Exception {
            return switch (this) {
                case WRONG_NAME -> trusted.serverFor("b.example");
                case SELF_SIGNED ->
                        Certificates.in(directory.resolve("other"), InstantSource.system())
                                .serverFor("a.example");
                case EXPIRED ->
                        Certificates.in(
                                        directory.resolve("trusted"),
                                        fixed(Instant.now().minus(Duration.ofDays(200))))
                                .serverFor("a.example");
            };
        }
    }

    @ParameterizedTest
    @EnumSource(Impostor.class)
    void anImpostorGetsNoByteOfTheRequest(Impostor impostor) throws Exception {
        try (RawServer server = RawServer.tls(impostor.context(directory, trusted), HI)) {
            Call call = rig.get(url(server));
            assertThat(call.failure().code()).isEqualTo(ErrorCode.TLS_FAILED);
            assertThat(call.events()).containsExactly("failed upstream.tls_failed");
            await().until(() -> server.connection(0).ended());
            assertThat(server.connection(0).received()).isEmpty();
        }
    }

    @Test
    void aServerThatDoesNotSpeakTlsGetsNoByteOfTheRequest() throws Exception {
        RawServer.Script speaks =
                connection -> {
                    connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
                    connection.readToEnd();
                };
        try (RawServer server = RawServer.plain(speaks)) {
            assertThat(rig.get(url(server)).failure().code()).isEqualTo(ErrorCode.TLS_FAILED);
        }
    }

    @Test
    void aServerThatNeverFinishesItsHandshakeIsGivenUp() throws Exception {
        try (RawServer server = RawServer.plain(RawServer.Connection::readToEnd)) {
            assertThat(rig.get(url(server)).failure().code()).isEqualTo(ErrorCode.CONNECT_TIMEOUT);
        }
    }

    private static RawServer.Script untilClose(RawServer.Script end) {
        return connection -> {
            connection.readHead();
            connection.write("HTTP/1.1 200 OK\r\n\r\nall of it");
            end.run(connection);
        };
    }

    @Test
    void aBodyUntilCloseIsWholeWhenTheEndIsAuthenticated() throws Exception {
        try (RawServer server =
                RawServer.tls(
                        trusted.serverFor("a.example"), untilClose(RawServer.Connection::close))) {
            Call call = rig.get(url(server));
            assertThat(call.receivedBody()).isEqualTo("all of it");
            assertThat(call.events()).contains("end").doesNotContain("abort");
        }
    }

    @Test
    void aBodyUntilCloseWithoutCloseNotifyIsCut() throws Exception {
        try (RawServer server =
                RawServer.tls(
                        trusted.serverFor("a.example"), untilClose(RawServer.Connection::cut))) {
            Call call = rig.get(url(server));
            assertThat(call.failure().code()).isEqualTo(ErrorCode.UPSTREAM_CLOSED);
            assertThat(call.events()).contains("abort").doesNotContain("end");
        }
    }

    @Test
    void withoutRootsThereIsNoContext() {
        assertThatThrownBy(() -> UpstreamTls.trusting(SslProvider.JDK, List.of(), Map.of()))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining("no trusted root");
    }
}
