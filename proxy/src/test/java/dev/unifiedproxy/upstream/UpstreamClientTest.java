package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Method;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A scripted server in the clear: reuse, retry, desync, time. */
final class UpstreamClientTest {
    private static final String HI = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final RawServer.Script SERVE =
            connection -> {
                while (true) {
                    connection.readHead();
                    connection.write(HI);
                }
            };

    private ClientRig rig;

    @BeforeEach
    void open() {
        rig = new ClientRig(ClientRig.systemTls());
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static String url(RawServer server) {
        return "http://a.example:" + server.port() + "/x";
    }

    @Test
    void aConnectionServesOneExchangeAfterTheOther() throws IOException {
        try (RawServer server = RawServer.plain(SERVE)) {
            for (int i = 0; i < 3; i++) {
                Call call = rig.get(url(server));
                assertThat(call.receivedBody()).isEqualTo("hi");
                assertThat(call.events())
                        .containsExactly(
                                "connected 127.0.0.1",
                                "head 200",
                                "responded 200",
                                "end",
                                "completed 0 2");
            }
            assertThat(server.connections()).isEqualTo(1);
            assertThat(server.connection(0).received())
                    .isEqualTo(("GET /x HTTP/1.1\r\n" + hostField(server) + "\r\n\r\n").repeat(3));
        }
    }

    private static String hostField(RawServer server) {
        return "Host: a.example:" + server.port();
    }

    @Test
    void anotherDestinationIsAnotherConnection() throws IOException {
        try (RawServer server = RawServer.plain(SERVE)) {
            rig.get(url(server));
            rig.get("http://b.example:" + server.port() + "/x");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    private static final RawServer.Script CLOSE_ON_THE_SECOND =
            connection -> {
                connection.readHead();
                connection.write(HI);
                connection.readHead();
                connection.close();
            };

    private static final RawServer.Script RESET_ON_THE_SECOND =
            connection -> {
                connection.readHead();
                connection.write(HI);
                connection.readHead();
                connection.reset();
            };

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aGetOnAStaleConnectionIsRepeatedOnce(boolean reset) throws IOException {
        RawServer.Script stale = reset ? RESET_ON_THE_SECOND : CLOSE_ON_THE_SECOND;
        try (RawServer server = RawServer.plain(stale, SERVE)) {
            rig.get(url(server));
            Call second = rig.get(url(server));
            assertThat(second.events()).endsWith("completed 0 2").doesNotContain("abort");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void noGetIsSentAThirdTime() throws IOException {
        RawServer.Script closes =
                connection -> {
                    connection.readHead();
                    connection.close();
                };
        try (RawServer server = RawServer.plain(CLOSE_ON_THE_SECOND, closes)) {
            rig.get(url(server));
            Call second = rig.get(url(server));
            assertThat(second.failure().code()).isEqualTo(ErrorCode.UPSTREAM_CLOSED);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void aPostIsNeverRepeated() throws IOException {
        try (RawServer server = RawServer.plain(CLOSE_ON_THE_SECOND, SERVE)) {
            rig.get(url(server));
            Call post = rig.open(ClientRig.request(Method.POST, url(server), BodyFraming.NONE));
            post.endBody();
            assertThat(post.awaitEnd().failure().code()).isEqualTo(ErrorCode.UPSTREAM_CLOSED);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello"
            })
    void aResponseThatIsCutIsNoWholeResponse(String cut) throws IOException {
        RawServer.Script script =
                connection -> {
                    connection.readHead();
                    connection.write(cut);
                    connection.close();
                };
        try (RawServer server = RawServer.plain(script)) {
            Call call = rig.get(url(server));
            assertThat(call.receivedBody()).isEqualTo("hello");
            assertThat(call.events())
                    .contains("head 200", "abort", "failed upstream.closed")
                    .doesNotContain("end");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison",
                "HTTP/1.1 200 OK\r\nX-Poison: ",
                "x",
                "\r"
            })
    void bytesBehindAResponseEndTheConnection(String behind) throws IOException {
        RawServer.Script script =
                connection -> {
                    connection.readHead();
                    connection.write(HI + behind);
                    connection.readToEnd();
                };
        try (RawServer server = RawServer.plain(script, SERVE)) {
            assertThat(rig.get(url(server)).events()).endsWith("completed 0 2");
            Call second = rig.get(url(server));
            assertThat(second.receivedBody()).isEqualTo("hi");
            assertThat(server.connections()).isEqualTo(2);
            await().until(() -> server.connection(0).ended());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "H"})
    void bytesThatNobodyAskedForEndAnIdleConnection(String unsolicited) throws IOException {
        CountDownLatch idle = new CountDownLatch(1);
        RawServer.Script script =
                connection -> {
                    connection.readHead();
                    connection.write(HI);
                    awaitQuietly(idle);
                    connection.write(unsolicited);
                    connection.readToEnd();
                };
        try (RawServer server = RawServer.plain(script, SERVE)) {
            rig.get(url(server));
            idle.countDown();
            await().until(() -> server.connection(0).ended());
            assertThat(rig.get(url(server)).receivedBody()).isEqualTo("hi");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void silenceEndsTheExchangeAndTheConnection() throws IOException {
        RawServer.Script script =
                connection -> {
                    connection.readHead();
                    connection.readToEnd();
                };
        try (RawServer server = RawServer.plain(script)) {
            Call call = rig.open(ClientRig.request(Method.GET, url(server), BodyFraming.NONE));
            call.endBody();
            await().until(
                            () ->
                                    server.connections() == 1
                                            && server.connection(0)
                                                    .received()
                                                    .endsWith("\r\n\r\n"));
            rig.pass(ClientRig.SILENCE.plusSeconds(1));
            assertThat(call.awaitEnd().failure().code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
            await().until(() -> server.connection(0).ended());
        }
    }

    @Test
    void anIdleConnectionIsClosedInTime() throws IOException {
        RawServer.Script script =
                connection -> {
                    connection.readHead();
                    connection.write(HI);
                    connection.readToEnd();
                };
        try (RawServer server = RawServer.plain(script)) {
            rig.get(url(server));
            rig.pass(Duration.ofSeconds(31));
            await().until(() -> server.connection(0).ended());
        }
    }

    @Test
    void aHalfSentRequestIsNeverFollowedByAnother() throws IOException {
        RawServer.Script early =
                connection -> {
                    connection.readHead();
                    connection.write(HI);
                    connection.readToEnd();
                };
        try (RawServer server = RawServer.plain(early, SERVE)) {
            Call post =
                    rig.open(
                            ClientRig.request(
                                    Method.POST, url(server), new BodyFraming.Length(1000)));
            post.sendBody("half");
            await().until(() -> post.events().contains("end"));
            rig.pass(ClientRig.SILENCE.plusSeconds(1));
            post.awaitEnd();
            assertThat(rig.get(url(server)).receivedBody()).isEqualTo("hi");
            assertThat(server.connections()).isEqualTo(2);
            assertThat(server.connection(0).received()).doesNotContain("GET");
        }
    }

    @Test
    void theRestOfABodyFollowsAnEarlyResponse() throws IOException {
        RawServer.Script early =
                connection -> {
                    connection.readHead();
                    connection.write(HI);
                    connection.readUntil("0\r\n\r\n");
                    connection.readHead();
                    connection.write(HI);
                };
        try (RawServer server = RawServer.plain(early)) {
            Call post = rig.open(ClientRig.request(Method.POST, url(server), BodyFraming.CHUNKED));
            post.sendBody("first");
            await().until(() -> post.events().contains("end"));
            post.sendBody("second");
            post.endBody();
            assertThat(post.awaitEnd().events()).endsWith("completed 11 2");
            await().until(
                            () ->
                                    server.connection(0)
                                            .received()
                                            .endsWith("5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n"));
            assertThat(rig.get(url(server)).receivedBody()).isEqualTo("hi");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void interimResponsesPass() throws IOException {
        RawServer.Script script =
                connection -> {
                    connection.readHead();
                    connection.write(
                            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\n\r\n" + HI);
                };
        try (RawServer server = RawServer.plain(script)) {
            assertThat(rig.get(url(server)).events())
                    .containsSubsequence("interim 100", "interim 103", "head 200", "end");
        }
    }

    @Test
    void aBodyUntilCloseIsWholeInTheClear() throws IOException {
        RawServer.Script script =
                connection -> {
                    connection.readHead();
                    connection.write("HTTP/1.1 200 OK\r\n\r\nall");
                    connection.close();
                };
        try (RawServer server = RawServer.plain(script)) {
            Call call = rig.get(url(server));
            assertThat(call.receivedBody()).isEqualTo("all");
            assertThat(call.events()).endsWith("end", "completed 0 3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n"})
    void aMalformedResponseIsTheServersFailure(String response) throws IOException {
        RawServer.Script script =
                connection -> {
                    connection.readHead();
                    connection.write(response);
                    connection.readToEnd();
                };
        try (RawServer server = RawServer.plain(script)) {
            Call call = rig.get(url(server));
            assertThat(call.failure().code()).isEqualTo(ErrorCode.BAD_RESPONSE);
            assertThat(call.events()).doesNotContain("head 200");
        }
    }

    @Test
    void whereNobodyListensNoConnectionCanBeMade() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Call call = rig.get("http://a.example:" + free + "/");
        assertThat(call.failure().code()).isEqualTo(ErrorCode.CONNECT_FAILED);
    }

    @Test
    void aClientThatGoesEndsTheExchangeOnce() throws IOException {
        RawServer.Script script =
                connection -> {
                    connection.readHead();
                    connection.readToEnd();
                };
        try (RawServer server = RawServer.plain(script)) {
            Call call = rig.open(ClientRig.request(Method.GET, url(server), BodyFraming.NONE));
            call.endBody();
            await().until(() -> server.connections() == 1);
            call.fail(Refusal.of(ErrorCode.CLIENT_ABORTED, "gone"));
            call.fail(Refusal.of(ErrorCode.CLIENT_ABORTED, "gone"));
            await().until(() -> server.connection(0).ended());
            assertThat(call.events()).filteredOn(event -> event.startsWith("failed")).hasSize(1);
        }
    }
}
