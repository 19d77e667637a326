package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Method;

import io.netty.handler.ssl.SslProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** A client with one connection at most: {@link LoopConnections} give way, exchanges do not. */
final class UpstreamBoundTest {
    private static final RawServer.Script HI =
            connection -> {
                connection.readHead();
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
                connection.readToEnd();
            };
    private static final RawServer.Script SILENT = RawServer.Connection::readToEnd;

    @TempDir private Path directory;

    private static ClientRig one() throws IOException {
        return new ClientRig(ClientRig.systemTls(), 1);
    }

    private static String url(String host, RawServer server) {
        return "http://" + host + ":" + server.port() + "/x";
    }

    @Test
    void anIdleConnectionMakesRoom() throws IOException {
        try (RawServer server = RawServer.plain(HI);
                ClientRig rig = one()) {
            rig.get(url("a.example", server));
            assertThat(rig.sockets()).isEqualTo(1);
            assertThat(rig.get(url("b.example", server)).receivedBody()).isEqualTo("hi");
            assertThat(rig.sockets()).isEqualTo(1);
            await().until(() -> server.connection(0).ended());
        }
    }

    @Test
    void anIdleHttp2ConnectionMakesRoom() throws Exception {
        Certificates trusted = Certificates.in(directory, InstantSource.system());
        FrameServer.Script hi = stream -> stream.head(false, ":status", "200").data("hi", true);
        try (FrameServer server = new FrameServer(trusted.serverFor("a.example"), hi);
                RawServer plain = RawServer.plain(HI);
                ClientRig rig =
                        new ClientRig(
                                UpstreamTls.trusting(
                                        SslProvider.JDK, List.of(trusted.root()), Map.of()),
                                1)) {
            assertThat(rig.get(server.url()).receivedBody()).isEqualTo("hi");
            assertThat(rig.get(url("b.example", plain)).receivedBody()).isEqualTo("hi");
            assertThat(rig.sockets()).isEqualTo(1);
        }
    }

    @Test
    void aConnectionInUseDoesNot() throws IOException {
        try (RawServer server = RawServer.plain(SILENT, HI);
                ClientRig rig = one()) {
            Call busy =
                    rig.open(
                            ClientRig.request(
                                    Method.GET, url("a.example", server), BodyFraming.NONE));
            await().until(() -> server.connections() == 1);
            Call refused = rig.get(url("b.example", server));
            assertThat(refused.failure().code()).isEqualTo(ErrorCode.OVERLOADED);
            busy.fail(refused.failure());
            await().until(() -> rig.sockets() == 0);
            assertThat(rig.get(url("b.example", server)).receivedBody()).isEqualTo("hi");
        }
    }

    @Test
    void whatFailsIsGivenBack() throws IOException {
        int refusing = FullBacklog.unusedPort();
        try (RawServer closes = RawServer.plain(RawServer.Connection::close);
                ClientRig rig = one()) {
            rig.get("http://a.example:" + refusing + "/x");
            rig.get("https://a.example:" + closes.port() + "/x");
            rig.get(url("a.example", closes));
            await().until(() -> rig.sockets() == 0);
        }
    }
}
