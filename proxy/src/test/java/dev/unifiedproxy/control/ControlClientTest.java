package dev.unifiedproxy.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class ControlClientTest {
    private static final String CONTAINER =
            """
            {"container_id":"a b/c","ip_address":"10.0.0.1","registered_at":1700000000.25,\
            "last_seen":1700000100,"ttl_seconds":60,"metadata":{"repo":"o/r"}}\
            """;

    @TempDir Path directory;

    @Test
    void registersAndReadsTheTicket() throws Exception {
        try (StubControlServer server =
                server(
                        201,
                        "{\"status\":\"registered\",\"ticket\":\"t\",\"container\":"
                                + CONTAINER
                                + "}")) {
            RegisteredContainer view =
                    client().register(
                                    new NewRegistration(
                                            "a b/c",
                                            "10.0.0.1",
                                            Duration.ofMinutes(1),
                                            Map.of("repo", "o/r")));

            assertThat(view)
                    .isEqualTo(
                            new RegisteredContainer(
                                    "a b/c",
                                    "10.0.0.1",
                                    Instant.ofEpochMilli(1_700_000_000_250L),
                                    Instant.ofEpochSecond(1_700_000_100),
                                    Duration.ofMinutes(1),
                                    Map.of("repo", "o/r"),
                                    Optional.of("t")));
            assertThat(view.expiresAt()).contains(Instant.ofEpochSecond(1_700_000_160));
            assertThat(view.toString()).doesNotContain("t]").contains("a b/c");
            assertThat(server.requests().getFirst())
                    .startsWith("POST /internal/containers HTTP/1.1\r\nHost: localhost\r\n")
                    .contains("Content-Type: application/json\r\n")
                    .endsWith(
                            "{\"container_id\":\"a"
                                    + " b/c\",\"ip_address\":\"10.0.0.1\",\"ttl_seconds\":60,"
                                    + "\"metadata\":{\"repo\":\"o/r\"}}");
        }
    }

    @Test
    void readsOneWithItsNameEscaped() throws Exception {
        try (StubControlServer server =
                server(200, "{\"status\":\"found\",\"container\":" + CONTAINER + "}")) {
            assertThat(client().container("a b/c").ticket()).isEmpty();
            assertThat(server.requests().getFirst())
                    .startsWith("GET /internal/containers/a%20b%2Fc HTTP/1.1\r\n");
        }
    }

    @Test
    void listsAll() throws Exception {
        try (StubControlServer server =
                server(200, "{\"status\":\"ok\",\"count\":1,\"containers\":[" + CONTAINER + "]}")) {
            List<RegisteredContainer> views = client().containers();
            assertThat(views).extracting(RegisteredContainer::id).containsExactly("a b/c");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void metadataNullIsNone() throws Exception {
        try (StubControlServer server =
                server(
                        200,
                        "{\"container\":"
                                + CONTAINER.replace("{\"repo\":\"o/r\"}", "null")
                                + "}")) {
            assertThat(client().container("x").metadata()).isEmpty();
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void removes() throws Exception {
        try (StubControlServer server = server(200, "{\"status\":\"unregistered\"}")) {
            client().remove("x");
            assertThat(server.requests().getFirst())
                    .startsWith("DELETE /internal/containers/x HTTP/1.1\r\n");
        }
    }

    @Test
    void aRefusalCarriesStatusAndText() throws Exception {
        try (StubControlServer server =
                server(409, "{\"error\":\"Conflict\",\"message\":\"IP 1 already registered\"}")) {
            assertThatThrownBy(() -> client().remove("x"))
                    .isInstanceOfSatisfying(
                            ControlRefusedException.class,
                            refused -> assertThat(refused.status()).isEqualTo(409))
                    .hasMessage("Conflict: IP 1 already registered");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void healthOfAnUnhealthyProxyIsAResult() throws Exception {
        try (StubControlServer server = server(503, "{\"status\":\"unhealthy\",\"error\":\"x\"}")) {
            assertThat(client().health()).isEqualTo(new Health("unhealthy", 0));
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void whatIsNoRegistrationIsAnAnswerException() throws Exception {
        try (StubControlServer server = server(200, "{\"container\":{\"container_id\":5}}")) {
            assertThatThrownBy(() -> client().container("x"))
                    .isInstanceOf(ControlAnswerException.class)
                    .hasMessage("the answer on the control socket is not a registration");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void whatIsNoJsonIsAnAnswerException() throws Exception {
        try (StubControlServer server = server(200, "<html>")) {
            assertThatThrownBy(() -> client().containers())
                    .isInstanceOf(ControlAnswerException.class)
                    .isInstanceOf(ControlException.class)
                    .hasMessage("the answer on the control socket is not JSON");
            assertThat(server.requests()).hasSize(1);
        }
    }

    private StubControlServer server(int status, String body) throws IOException {
        return StubControlServer.start(
                directory.resolve("s"), request -> StubControlServer.json(status, body));
    }

    private ControlClient client() {
        return new ControlClient(directory.resolve("s"), Duration.ofSeconds(10), System::nanoTime);
    }
}
