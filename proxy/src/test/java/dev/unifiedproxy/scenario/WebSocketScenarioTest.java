package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.transport.WebSocketKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** WebSockets over HTTP/1.1 through the whole proxy: case S-12. */
@Timeout(60)
class WebSocketScenarioTest {
    private static final String HOST = "api.anthropic.com";
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    @RegisterExtension
    static final ProxyUnderTest PROXY = ProxyUnderTest.allowing(HOST, "plain.example");

    private static String handshake(String path, String... fields) {
        return "GET "
                + path
                + " HTTP/1.1\r\nHost: "
                + HOST
                + "\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                + KEY
                + "\r\n"
                + String.join("", Arrays.stream(fields).map(f -> f + "\r\n").toList())
                + "\r\n";
    }

    private static Connection tunnel() throws IOException {
        return PROXY.client().tunnel(HOST + ":443");
    }

    /** A WebSocket that was granted. */
    private static WebSocketPeer open(Connection connection, String path) throws IOException {
        connection.write(handshake(path));
        Wire.Head head = connection.readHead();
        assertThat(head.firstLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
        return connection.webSocket();
    }

    @Test
    void theHandshakeHasTheCredentialAndAKeyOfOurs() throws IOException {
        try (Connection connection = tunnel()) {
            connection.write(
                    handshake(
                            "/echo",
                            "x-api-key: CREDENTIAL_PROXY_PLACEHOLDER",
                            "Sec-WebSocket-Extensions: permessage-deflate",
                            "Sec-WebSocket-Protocol: realtime, other"));
            Wire.Head head = connection.readHead();
            assertThat(head.first("sec-websocket-accept")).contains(new WebSocketKey(KEY).accept());
            assertThat(head.first("sec-websocket-protocol")).contains("realtime");
            assertThat(head.first("connection")).contains("Upgrade");
            SeenRequest seen = PROXY.upstream().only();
            assertThat(seen.all("x-api-key"))
                    .containsExactly(Canaries.ENVIRONMENT.get("ANTHROPIC_API_KEY"));
            assertThat(seen.all("sec-websocket-key")).hasSize(1).doesNotContain(KEY);
            assertThat(seen.all("sec-websocket-version")).containsExactly("13");
            assertThat(seen.all("sec-websocket-extensions")).isEmpty();
            assertThat(seen.all("connection")).containsExactly("Upgrade");
        }
    }

    @Test
    void framesPassBothWaysUntilBothSidesSaidClose() throws IOException {
        try (Connection connection = tunnel()) {
            WebSocketPeer peer = open(connection, "/echo");
            peer.write(WebSocketPeer.TEXT, "hello");
            assertThat(peer.read().orElseThrow().text()).isEqualTo("hello");
            peer.write(WebSocketPeer.PING, "p");
            assertThat(peer.read().orElseThrow().first()).isEqualTo(WebSocketPeer.PONG);
            byte[] large = new byte[3_000_000];
            Arrays.fill(large, (byte) 7);
            peer.write(WebSocketPeer.BINARY, large);
            assertThat(peer.read().orElseThrow().payload()).isEqualTo(large);
            peer.write(0x01, "frag");
            peer.write(WebSocketPeer.PING, "between");
            peer.write(0x80, "ments");
            assertThat(peer.read().orElseThrow().text()).isEqualTo("frag");
            assertThat(peer.read().orElseThrow().text()).isEqualTo("between");
            assertThat(peer.read().orElseThrow().text()).isEqualTo("ments");
            peer.close(1000);
            assertThat(peer.read().orElseThrow().close()).isEqualTo("1000 ");
            assertThat(peer.read()).isEmpty();
        }
        assertThat(PROXY.upstream().webSockets().received()).allMatch(WebSocketPeer.Frame::masked);
        assertThat(theRecord().path("status").asInt()).isEqualTo(101);
        assertThat(theRecord().path("outcome").asString()).isEqualTo("allowed");
    }

    /** The audit record of the only WebSocket since the last one was looked at. */
    private static JsonNode theRecord() throws IOException {
        return await().until(
                        () ->
                                PROXY.records().stream()
                                        .filter(r -> r.path("status").asInt() == 101)
                                        .toList(),
                        records -> !records.isEmpty())
                .getLast();
    }

    @Test
    void plainWebSocketsPassTheForwardPortToo() throws IOException {
        try (Connection connection = PROXY.client().connect()) {
            connection.write(handshake("http://plain.example/echo").replace(HOST, "plain.example"));
            assertThat(connection.readHead().firstLine()).contains(" 101 ");
            WebSocketPeer peer = connection.webSocket();
            peer.write(WebSocketPeer.TEXT, "plain");
            assertThat(peer.read().orElseThrow().text()).isEqualTo("plain");
        }
    }

    @Test
    void aRefusedHandshakeIsAnsweredLikeAnyRequest() throws IOException {
        String handshake = handshake("http://evil.example/echo").replace(HOST, "evil.example");
        PROXY.assertRefused(PROXY.client().send(handshake), "403 policy.host_not_allowed");
    }

    @Test
    void anAnswerThatIsNo101PassesAndEndsTheConnection() throws IOException {
        try (Connection connection = tunnel()) {
            connection.write(handshake("/403"));
            Reply reply = connection.read();
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.body()).isEqualTo("no!\n");
            assertThat(reply.field("connection")).isEqualTo("close");
            assertThat(connection.closed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bad-accept", "/extension", "/protocol"})
    void aServerThatAnswersAnotherHandshakeIsNoWebSocket(String path) throws IOException {
        try (Connection connection = tunnel()) {
            connection.write(handshake(path));
            assertThat(connection.read().outcome()).isEqualTo("502 upstream.bad_response");
            assertThat(connection.closed()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-WebSocket-Key: " + KEY,
        "Sec-WebSocket-Version: 12",
        "Sec-WebSocket-Version: 13",
        "Content-Length: 4",
        "Content-Length: 0",
        "Transfer-Encoding: chunked",
        "'Sec-WebSocket-Protocol: a, a'",
        "'Sec-WebSocket-Protocol: a b'",
    })
    void aHandshakeThatIsNotOneIsMalformed(String field) throws IOException {
        try (Connection connection = tunnel()) {
            connection.write(handshake("/echo", field));
            PROXY.assertRefused(connection.read(), "400 http.malformed");
        }
    }

    /** They would be a request to a server that does not upgrade: threat 51. */
    @Test
    void bytesBeforeTheAnswerReachNobody() throws IOException {
        try (Connection connection = tunnel()) {
            connection.write(
                    handshake("/echo") + "GET /smuggled HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n");
            assertThat(connection.read().outcome()).isEqualTo("400 http.malformed");
            assertThat(connection.closed()).isTrue();
        }
        assertThat(PROXY.upstream().seen())
                .allMatch(seen -> seen.line().equals("GET /echo HTTP/1.1"));
        assertThat(PROXY.upstream().webSockets().received())
                .allMatch(frame -> frame.first() == WebSocketPeer.CLOSE);
    }

    @Test
    void aClientThatBreaksTheProtocolHearsWhyAndTheServerThatItIsOver() throws IOException {
        try (Connection connection = tunnel()) {
            WebSocketPeer peer = open(connection, "/echo");
            peer.write(WebSocketPeer.TEXT, "right");
            assertThat(peer.read().orElseThrow().text()).isEqualTo("right");
            peer.raw(WebSocketPeer.frame(WebSocketPeer.TEXT, new byte[3], false));
            assertThat(peer.read().orElseThrow().close())
                    .startsWith("1002 ")
                    .contains("not masked");
            assertThat(peer.read()).isEmpty();
        }
        assertThat(lastFrame().close()).isEqualTo("1001 ");
        assertThat(theRecord().path("code").asString()).isEqualTo("http.malformed");
    }

    private static WebSocketPeer.Frame lastFrame() {
        return await().until(
                        () -> PROXY.upstream().webSockets().received(),
                        frames ->
                                !frames.isEmpty()
                                        && frames.getLast().first() == WebSocketPeer.CLOSE)
                .getLast();
    }

    @Test
    void aServerThatBreaksTheProtocolIsABadGateway() throws IOException {
        try (Connection connection = tunnel()) {
            WebSocketPeer peer = open(connection, "/masked");
            assertThat(peer.read().orElseThrow().text()).isEqualTo("right");
            assertThat(peer.read().orElseThrow().close()).startsWith("1014 ");
            assertThat(peer.read()).isEmpty();
        }
        assertThat(lastFrame().close()).startsWith("1002 ").contains("is masked");
    }

    @Test
    void aServerThatVanishesIsABadGateway() throws IOException {
        try (Connection connection = tunnel()) {
            WebSocketPeer peer = open(connection, "/vanish");
            assertThat(peer.read().orElseThrow().text()).isEqualTo("gone");
            assertThat(peer.read().orElseThrow().close()).startsWith("1014 ");
            assertThat(peer.read()).isEmpty();
        }
        assertThat(theRecord().path("code").asString()).isEqualTo("upstream.closed");
    }

    @Test
    void aClientThatVanishesIsToldToTheServer() throws IOException {
        try (Connection connection = tunnel()) {
            WebSocketPeer peer = open(connection, "/echo");
            peer.write(WebSocketPeer.TEXT, "here");
            assertThat(peer.read().orElseThrow().text()).isEqualTo("here");
        }
        assertThat(lastFrame().close()).isEqualTo("1001 ");
    }

    @Test
    void theServerMayCloseFirst() throws IOException {
        try (Connection connection = tunnel()) {
            WebSocketPeer peer = open(connection, "/goodbye");
            assertThat(peer.read().orElseThrow().close()).isEqualTo("1001 ");
            peer.close(1001);
            assertThat(peer.read()).isEmpty();
        }
        assertThat(lastFrame().close()).isEqualTo("1001 ");
    }

    @Test
    void theEndOfARegistrationClosesWithAReason() throws Exception {
        PROXY.register("short-lived", "127.0.0.9");
        try (Connection connection = PROXY.client("127.0.0.9").tunnel(HOST + ":443")) {
            WebSocketPeer peer = open(connection, "/echo");
            PROXY.control().remove("short-lived");
            assertThat(peer.read().orElseThrow().close())
                    .isEqualTo("1008 The registration of container short-lived ended");
            assertThat(peer.read()).isEmpty();
        }
        assertThat(lastFrame().close()).isEqualTo("1001 ");
        assertThat(theRecord().path("code").asString()).isEqualTo("identity.unknown_container");
    }

    @Test
    void aCloseOfOursIsNeverPutIntoAFrame() throws Exception {
        PROXY.register("cut-off", "127.0.0.10");
        try (Connection connection = PROXY.client("127.0.0.10").tunnel(HOST + ":443")) {
            WebSocketPeer peer = open(connection, "/echo");
            byte[] frame = WebSocketPeer.frame(WebSocketPeer.BINARY, new byte[1000], true);
            peer.raw(Arrays.copyOf(frame, 500));
            PROXY.control().remove("cut-off");
            assertThat(peer.read().orElseThrow().close()).startsWith("1008 ");
        }
        assertThat(PROXY.upstream().webSockets().received()).isEqualTo(List.of());
    }
}
