package dev.unifiedproxy.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.transport.Transport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The control API over its real socket, asked with curl where curl can ask: {@link SocketFile},
 * {@link PeerIdentity}, {@link ControlConnection}, {@link RequestDeadline}, {@link BodyCollector},
 * {@link Responses} and {@link ControlJson} together.
 */
final class ControlServerTest {
    @TempDir private Path directory;
    private Optional<ControlFixture> started = Optional.empty();

    private void start(Transport transport) throws IOException {
        started = Optional.of(new ControlFixture(directory, transport, Duration.ofSeconds(10)));
    }

    private ControlFixture fixture() {
        return started.orElseThrow();
    }

    @AfterEach
    void stop() throws IOException {
        if (started.isPresent()) {
            fixture().close();
        }
    }

    private ControlFixture.Reply curl(String... arguments)
            throws IOException, InterruptedException {
        fixture().refill();
        return fixture().curl(arguments);
    }

    private ControlFixture.Reply post(String body) throws IOException, InterruptedException {
        return curl(
                "-H",
                "Content-Type: application/json",
                "-d",
                body,
                "http://localhost/internal/containers");
    }

    private static void assertReply(ControlFixture.Reply reply, int status, String json) {
        assertThat(reply.body()).isEqualTo(json);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.header("content-type")).isEqualTo("application/json");
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void theLifeOfAContainer(Transport transport) throws Exception {
        start(transport);
        assertReply(
                curl("http://localhost/internal/health"),
                200,
                "{\"status\":\"healthy\",\"containers_registered\":0,\"policy_version\":\"p1\"}");
        ControlFixture.Reply made =
                post(
                        "{\"container_id\":\"a\",\"ip_address\":\"10.0.0.1\",\"metadata\":{\"repo\":\"o/r\"}}");
        assertThat(made.status()).isEqualTo(201);
        String container =
                "{\"container_id\":\"a\",\"ip_address\":\"10.0.0.1\","
                        + "\"registered_at\":1795514400.000,\"last_seen\":1795514400.000,"
                        + "\"ttl_seconds\":86400,\"metadata\":{\"repo\":\"o/r\"}}";
        String ticket = made.json().get("ticket").stringValue();
        assertThat(made.body())
                .isEqualTo(
                        "{\"status\":\"registered\",\"container\":"
                                + container
                                + ",\"ticket\":\""
                                + ticket
                                + "\"}");
        assertThat(fixture().tickets.verify(ticket).orElseThrow().claimed().id()).isEqualTo("a");
        ControlFixture.Reply found = curl("http://localhost/internal/containers/a");
        assertThat(found.status()).isEqualTo(200);
        assertThat(found.json().get("status").stringValue()).isEqualTo("found");
        assertThat(found.json().get("container").toString()).isEqualTo(container);
        assertThat(fixture().tickets.verify(found.json().get("ticket").stringValue())).isPresent();
        assertThat(post("{\"container_id\":\"x:1\",\"ip_address\":\"fd00::1\"}").status())
                .isEqualTo(201);
        JsonNode list = curl("http://localhost/internal/containers").json();
        assertThat(list.get("status").stringValue()).isEqualTo("ok");
        assertThat(list.get("count").intValue()).isEqualTo(2);
        assertThat(list.get("containers").findValuesAsString("container_id"))
                .containsExactly("a", "x:1");
        assertThat(list.at("/containers/1/metadata").isNull()).isTrue();
        assertThat(curl("http://localhost/internal/containers/x%3a1").status()).isEqualTo(200);
        assertReply(
                post("{\"container_id\":\"b\",\"ip_address\":\"::ffff:10.0.0.1\"}"),
                409,
                "{\"error\":\"Conflict\",\"message\":\"IP 10.0.0.1 already registered to container"
                        + " a\"}");
        assertReply(
                curl("-X", "DELETE", "http://localhost/internal/containers/a"),
                200,
                "{\"status\":\"unregistered\",\"container_id\":\"a\"}");
        assertReply(
                curl("-X", "DELETE", "http://localhost/internal/containers/a"),
                404,
                "{\"error\":\"Not found\",\"message\":\"Container a not registered\"}");
        assertReply(
                curl("http://localhost/internal/containers/a"),
                404,
                "{\"error\":\"Not found\",\"message\":\"Container a not registered or expired\"}");
    }

    @Test
    void theRunbooksRegistration() throws Exception {
        start(Transport.EPOLL);
        for (int i = 0; i < 2; i++) {
            ControlFixture.Reply reply =
                    curl(
                            "-X",
                            "POST",
                            "-H",
                            "Content-Type: application/json",
                            "-d",
                            "{\"container_id\":\"sandbox-123\",\"ip_address\":\"172.17.0.2\",\"ttl_seconds\":86400}",
                            "http://localhost/internal/containers");
            assertThat(reply.status()).isEqualTo(201);
            assertThat(reply.json().at("/container/ttl_seconds").intValue()).isEqualTo(86_400);
            assertThat(reply.json().at("/container/metadata").isNull()).isTrue();
        }
    }

    @Test
    void whatIsWrongIsSaidInJson() throws Exception {
        start(Transport.EPOLL);
        assertReply(
                post("{bad"),
                400,
                "{\"error\":\"Invalid request\",\"message\":\"Request body must be valid JSON\"}");
        assertReply(
                post("{\"container_id\":\"a\"}"),
                400,
                "{\"error\":\"Missing required field\",\"message\":\"ip_address is required\"}");
        String unsupported =
                "{\"error\":\"Unsupported media type\","
                        + "\"message\":\"Content-Type must be application/json\"}";
        for (String type : List.of("Content-Type:", "Content-Type: text/plain")) {
            assertReply(
                    curl("-H", type, "-d", "{}", "http://localhost/internal/containers"),
                    415,
                    unsupported);
        }
        assertThat(
                        curl(
                                        "-H",
                                        "Content-Type: Application/JSON; charset=utf-8",
                                        "-d",
                                        "null",
                                        "http://localhost/internal/containers")
                                .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /internal/nothing, 404, '{\"error\":\"Not found\"}', ''",
        "GET, /internal/metrics, 404, '{\"error\":\"Not found\"}', ''",
        "GET, /internal/containers/, 404, '{\"error\":\"Not found\"}', ''",
        "GET, /internal/containers/a/b, 404, '{\"error\":\"Not found\"}', ''",
        "GET, /, 404, '{\"error\":\"Not found\"}', ''",
        "PUT, /internal/containers, 405, '{\"error\":\"Method not allowed\"}', 'GET, POST'",
        "POST, /internal/health, 405, '{\"error\":\"Method not allowed\"}', GET",
        "GET, /internal/health/acknowledge, 405, '{\"error\":\"Method not allowed\"}', POST",
        "PATCH, /internal/containers/a, 405, '{\"error\":\"Method not allowed\"}', 'GET, DELETE'",
        "POST, /internal/health/acknowledge, 200, '{\"status\":\"acknowledged\"}', ''"
    })
    void routes(String method, String path, int status, String body, String allow)
            throws Exception {
        start(Transport.EPOLL);
        ControlFixture.Reply reply =
                curl("--path-as-is", "-X", method, "http://localhost" + path + "?q=1");
        assertReply(reply, status, body);
        assertThat(reply.header("allow")).isEqualTo(allow);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void theEleventhAtOnceHasToWait(Transport transport) throws Exception {
        start(transport);
        String[] urls = new String[11];
        Arrays.fill(urls, "http://localhost/internal/health");
        assertThat(fixture().statuses(urls))
                .containsExactly(200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 429);
        ControlFixture.Reply limited = fixture().curl("http://localhost/internal/containers");
        assertReply(
                limited,
                429,
                "{\"error\":\"Rate limit exceeded\","
                        + "\"message\":\"Maximum 10 requests per second\"}");
        assertThat(limited.header("retry-after")).isEqualTo("1");
        fixture().refill();
        assertThat(fixture().curl("http://localhost/internal/health").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void theSocketIsTheOwnersAndAStaleOneIsReplaced(Transport transport) throws Exception {
        Path socket = directory.resolve("run/internal.sock");
        Files.createDirectories(socket.getParent());
        try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stale.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        start(transport);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        try (var files = Files.list(socket.getParent())) {
            assertThat(files).containsExactly(socket);
        }
        assertThat(curl("http://localhost/internal/health").status()).isEqualTo(200);
        assertThatThrownBy(fixture()::startSecond)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a running process answers on it");
        assertThat(curl("http://localhost/internal/health").status()).isEqualTo(200);
        fixture().close();
        assertThat(socket).doesNotExist();
        started = Optional.empty();
    }

    @Test
    void whatIsNotASocketIsLeftAlone() throws Exception {
        Path socket = directory.resolve("run/internal.sock");
        Files.createDirectories(socket.getParent());
        Files.writeString(socket, "precious");
        assertThatThrownBy(() -> start(Transport.EPOLL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not a socket");
        assertThat(Files.readString(socket)).isEqualTo("precious");
    }

    private String raw(String bytes) throws IOException {
        try (SocketChannel channel =
                SocketChannel.open(UnixDomainSocketAddress.of(fixture().socket()))) {
            channel.write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
            StringBuilder answer = new StringBuilder();
            ByteBuffer buffer = ByteBuffer.allocate(65_536);
            while (channel.read(buffer) >= 0) {
                buffer.flip();
                answer.append(StandardCharsets.UTF_8.decode(buffer));
                buffer.clear();
            }
            return answer.toString();
        }
    }

    @Test
    void messagesOutOfBoundsOrShape() throws Exception {
        start(Transport.EPOLL);
        String end = " HTTP/1.1\r\nHost: x\r\n\r\n";
        assertThat(raw("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ").endsWith("request\"}");
        assertThat(raw("GET /" + "a".repeat(5000) + end)).startsWith("HTTP/1.1 414 ");
        assertThat(raw("GET / HTTP/1.1\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ")
                .contains("\"error\":\"Header too large\"");
        assertThat(
                        raw(
                                "POST /internal/containers HTTP/1.1\r\nHost: x\r\nContent-Length:"
                                        + " 2\r\nContent-Length: 3\r\n\r\n{}x"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(
                        raw(
                                "POST /internal/containers HTTP/1.1\r\nHost: x\r\nContent-Length:"
                                        + " 2000000\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ")
                .contains("\"error\":\"Request too large\"");
        assertThat(
                        raw(
                                "POST /internal/containers HTTP/1.1\r\nHost: x\r\nExpect:"
                                        + " 100-continue\r\nContent-Length: 2000000\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ")
                .contains("\"error\":\"Request too large\"");
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        start(Transport.EPOLL);
        String answer =
                raw(
                        """
                        GET /internal/containers/one HTTP/1.1
                        Host: x

                        GET /internal/health HTTP/1.1
                        Host: x

                        GET /internal/containers/two HTTP/1.1
                        Host: x
                        Connection: close

                        """
                                .replace("\n", "\r\n"));
        assertThat(answer)
                .containsSubsequence("Container one", "\"status\":\"healthy\"", "Container two");
    }

    @Test
    void aRequestMustBeCompleteInTime() throws Exception {
        started =
                Optional.of(new ControlFixture(directory, Transport.EPOLL, Duration.ofMillis(300)));
        assertThat(raw("POST /internal/containers HTTP/1.1\r\nHost: x\r\nContent-Le"))
                .startsWith("HTTP/1.1 408 ")
                .contains("\"error\":\"Request timeout\"");
        assertThat(raw("")).isEmpty();
    }

    @Test
    void stoppingLetsTheLastRequestFinish() throws Exception {
        start(Transport.EPOLL);
        fixture().registry.blockRegistrations();
        Process client =
                fixture()
                        .curlProcess(
                                "-H",
                                "Content-Type: application/json",
                                "-d",
                                "{\"container_id\":\"a\",\"ip_address\":\"10.0.0.1\"}",
                                "http://localhost/internal/containers");
        await().until(fixture().registry::isWaiting);
        Thread stopping = Thread.ofVirtual().start(fixture().server::close);
        await().until(() -> !Files.exists(fixture().socket()) || stopping.isAlive());
        fixture().registry.unblock();
        String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(client.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(output).contains("\"status\":\"registered\"");
        stopping.join();
        assertThat(fixture().socket()).doesNotExist();
    }
}
