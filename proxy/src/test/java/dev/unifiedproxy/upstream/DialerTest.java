package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.PinnedAddress;
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
import java.util.concurrent.CountDownLatch;

import javax.net.ssl.SSLContext;

/**
 * {@link Dialer}, {@link TcpConnector} and the {@link Dial}s that several exchanges share, with
 * real sockets.
 */
final class DialerTest {
    private static final RawServer.Script HI =
            connection -> {
                connection.readHead();
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
                connection.readToEnd();
            };

    @TempDir private Path directory;

    private static UpstreamTls anyTls() {
        return ClientRig.systemTls();
    }

    private static PinnedAddress pinned(String address, int port) {
        return PinnedAddress.parse(address + ":" + port);
    }

    @Test
    void anAddressThatRefusesIsPassedOver() throws IOException {
        int refusing = FullBacklog.unusedPort();
        try (RawServer server = RawServer.plain(HI);
                ClientRig rig =
                        new ClientRig(
                                anyTls(),
                                pinned("127.0.0.2", refusing),
                                pinned("[::1]", refusing),
                                pinned("127.0.0.1", server.port()))) {
            Call call = rig.get("http://a.example/x");
            assertThat(call.receivedBody()).isEqualTo("hi");
            assertThat(call.events()).contains("connected 127.0.0.1");
        }
    }

    @Test
    void anAddressThatIsSilentDoesNotHoldUpTheNext() throws IOException {
        try (FullBacklog silent = new FullBacklog();
                RawServer server = RawServer.plain(HI);
                ClientRig rig =
                        new ClientRig(
                                anyTls(), silent.address(), pinned("127.0.0.1", server.port()))) {
            assertThat(rig.get("http://a.example/x").receivedBody()).isEqualTo("hi");
        }
    }

    @Test
    void allAddressesTogetherHaveOneLimit() throws IOException {
        try (FullBacklog silent = new FullBacklog();
                ClientRig rig = new ClientRig(anyTls(), silent.address(), silent.address())) {
            long before = System.nanoTime();
            Call call = rig.get("http://a.example/x");
            assertThat(call.failure().code()).isEqualTo(ErrorCode.CONNECT_TIMEOUT);
            assertThat(System.nanoTime() - before)
                    .isLessThan(2 * ClientRig.limits().connect().toNanos());
        }
    }

    private Certificates trusted() {
        return Certificates.in(directory, InstantSource.system());
    }

    private static ClientRig trusting(Certificates trusted) throws Exception {
        return new ClientRig(
                UpstreamTls.trusting(SslProvider.JDK, List.of(trusted.root()), Map.of()));
    }

    private static Call start(ClientRig rig, RawServer server) {
        Call call =
                rig.open(
                        ClientRig.request(
                                Method.GET,
                                "https://a.example:" + server.port() + "/x",
                                BodyFraming.NONE));
        call.endBody();
        return call;
    }

    private static Refusal gone() {
        return Refusal.of(ErrorCode.CLIENT_ABORTED, "The client went away");
    }

    @Test
    void aDialThatNobodyWaitsForIsGivenUp() throws Exception {
        try (RawServer server = RawServer.plain(RawServer.Connection::readToEnd);
                ClientRig rig = trusting(trusted())) {
            Call first = start(rig, server);
            Call second = start(rig, server);
            await().until(() -> server.connections() == 1);
            first.fail(gone());
            assertThat(server.connection(0).ended()).isFalse();
            second.fail(gone());
            await().until(() -> server.connection(0).ended());
        }
    }

    @Test
    void whoBeganADialMayGoWhileOthersWaitForIt() throws Exception {
        Certificates trusted = trusted();
        SSLContext context = trusted.serverFor("a.example");
        CountDownLatch gone = new CountDownLatch(1);
        RawServer.Script slow =
                connection -> {
                    waitFor(gone);
                    connection.secure(context);
                    HI.run(connection);
                };
        try (RawServer server = RawServer.plain(slow);
                ClientRig rig = trusting(trusted)) {
            Call first = start(rig, server);
            Call second = start(rig, server);
            first.fail(gone());
            gone.countDown();
            assertThat(second.awaitEnd().receivedBody()).isEqualTo("hi");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void whoJoinedADialThatFailsGetsOneMore() throws Exception {
        Certificates trusted = trusted();
        SSLContext context = trusted.serverFor("a.example");
        CountDownLatch joined = new CountDownLatch(1);
        RawServer.Script breaks =
                connection -> {
                    waitFor(joined);
                    connection.close();
                };
        RawServer.Script works =
                connection -> {
                    connection.secure(context);
                    HI.run(connection);
                };
        try (RawServer server = RawServer.plain(breaks, works);
                ClientRig rig = trusting(trusted)) {
            Call first = start(rig, server);
            Call second = start(rig, server);
            Call third = start(rig, server);
            joined.countDown();
            assertThat(first.awaitEnd().events()).hasSize(1).first().asString().contains("failed");
            assertThat(second.awaitEnd().receivedBody()).isEqualTo("hi");
            assertThat(third.awaitEnd().receivedBody()).isEqualTo("hi");
        }
    }

    @Test
    void aDeadServerIsDialledOnceMoreForAllWhoJoined() throws Exception {
        CountDownLatch joined = new CountDownLatch(1);
        RawServer.Script breaks =
                connection -> {
                    waitFor(joined);
                    connection.close();
                };
        try (RawServer server = RawServer.plain(breaks);
                ClientRig rig = trusting(trusted())) {
            List<Call> calls = List.of(start(rig, server), start(rig, server), start(rig, server));
            joined.countDown();
            for (Call call : calls) {
                assertThat(call.awaitEnd().failure().code().source())
                        .isEqualTo(ErrorCode.Source.UPSTREAM);
            }
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    private static void waitFor(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
