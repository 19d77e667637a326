package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.control.StubControlServer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;

/** {@link ContainerCommands}, with {@link Failures}, {@link Invocation} and registrations. */
class ContainerCommandsTest {
    private static final String NEVER =
            """
            {"container_id":"bot","ip_address":"fd00::5","registered_at":1795521600.0,\
            "last_seen":1795521540,"ttl_seconds":0,"metadata":{"repo":"o/r","n\\u001b":"\\u009bx"}}\
            """;
    private static final String DAY =
            """
            {"container_id":"sandbox-1","ip_address":"172.17.0.2","registered_at":1795435200.5,\
            "last_seen":1795514400,"ttl_seconds":86400,"metadata":null}\
            """;

    @TempDir Path directory;
    private CommandHarness command;

    @BeforeEach
    void pointAtTheStub() {
        command = new CommandHarness(directory).with("PROXY_RUN_DIR", directory.toString());
    }

    @Test
    void addSaysWhatWasDoneAndWhatIsNext() throws IOException {
        try (StubControlServer server =
                server(201, "{\"ticket\":\"secret-ticket\",\"container\":" + DAY + "}")) {
            assertThat(command.run("container", "add", "sandbox-1", "--ip", "172.17.0.2"))
                    .isEqualTo(
                            new CommandHarness.Outcome(
                                    0,
                                    """
                                    Registered sandbox-1 at 172.17.0.2; it expires after 24 h without traffic.
                                    Next, what its shell needs:  eval "$(./unified-proxy env sandbox-1)"
                                    """,
                                    ""));
            assertThat(server.requests().getFirst())
                    .endsWith(
                            "{\"container_id\":\"sandbox-1\",\"ip_address\":\"172.17.0.2\",\"ttl_seconds\":86400}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--ttl 8h --repo o/r                         |"
                        + " \"ttl_seconds\":28800,\"metadata\":{\"repo\":\"o/r\"}}",
                "--ttl 90 --repo o/r --repo o/s              |"
                        + " \"ttl_seconds\":90,\"metadata\":{\"repos\":[\"o/r\",\"o/s\"]}}",
                "--ttl never --metadata auth_mode=bot        |"
                        + " \"ttl_seconds\":0,\"metadata\":{\"auth_mode\":\"bot\"}}",
                "--metadata {\"a\":[1]} --metadata b=c=d     |"
                        + " \"ttl_seconds\":86400,\"metadata\":{\"a\":[1],\"b\":\"c=d\"}}",
            })
    void addSendsWhatWasAsked(String options, String sent) throws IOException {
        try (StubControlServer server =
                server(201, "{\"ticket\":\"t\",\"container\":" + NEVER + "}")) {
            CommandHarness.Outcome outcome =
                    command.run(("container add bot --ip fd00::5 " + options).split(" +", -1));
            assertThat(outcome.err()).isEmpty();
            assertThat(outcome.out()).startsWith("Registered bot at fd00::5; it never expires.\n");
            assertThat(server.requests().getFirst()).endsWith(sent);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--ttl -5",
                "--ttl 1w",
                "--ttl 99999999999",
                "--metadata {x",
                "--metadata x",
                "--metadata =x"
            })
    void addRefusesValuesThatCannotBe(String options) {
        CommandHarness.Outcome outcome =
                command.run(("container add bot --ip fd00::5 " + options).split(" ", -1));
        assertThat(outcome.status()).isEqualTo(64);
        assertThat(outcome.err()).startsWith("unified-proxy: " + options.split(" ", -1)[0] + ": ");
    }

    @Test
    void listIsAnAlignedTable() throws IOException {
        try (StubControlServer server =
                server(200, "{\"containers\":[" + DAY + "," + NEVER + "]}")) {
            assertThat(command.run("container", "list").out())
                    .isEqualTo(
                            """
                            CONTAINER  ADDRESS     AGE   LAST SEEN  EXPIRES  METADATA
                            sandbox-1  172.17.0.2  23 h  2 h ago    in 22 h  -
                            bot        fd00::5     0 s   1 min ago  never    {"repo":"o/r","n\\u001B":"?x"}
                            """);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void anEmptyListSaysWhatToDo() throws IOException {
        try (StubControlServer server = server(200, "{\"containers\":[]}")) {
            assertThat(command.run("container", "list", "--run-dir", directory.toString()).out())
                    .isEqualTo(
                            "No container is registered. Register one:  ./unified-proxy --run-dir '"
                                    + directory
                                    + "' container add NAME --ip ADDRESS\n");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void listForProgramsHasTheApisNames() throws IOException {
        try (StubControlServer server = server(200, "{\"containers\":[" + DAY + "]}")) {
            assertThat(command.run("container", "list", "--json").out())
                    .isEqualToIgnoringWhitespace(
                            """
                            {"status":"ok","count":1,"containers":[{"container_id":"sandbox-1","ip_address":"172.17.0.2",
                            "registered_at":1795435200.500,"last_seen":1795514400.000,"ttl_seconds":86400,"metadata":{}}]}
                            """);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void showPrintsTheTicketForProgramsOnly() throws IOException {
        try (StubControlServer server =
                server(200, "{\"ticket\":\"secret-ticket\",\"container\":" + DAY + "}")) {
            assertThat(command.run("container", "show", "sandbox-1").out())
                    .isEqualTo(
                            """
                            container   sandbox-1
                            address     172.17.0.2
                            registered  2026-11-23T12:00:00Z (23 h ago)
                            last seen   2026-11-24T10:00:00Z (2 h ago)
                            expires     in 22 h
                            metadata    -
                            """);
            assertThat(command.run("container", "show", "sandbox-1", "--json").out())
                    .contains("\"ticket\" : \"secret-ticket\"");
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void removeSaysSo() throws IOException {
        try (StubControlServer server = server(200, "{\"status\":\"unregistered\"}")) {
            assertThat(command.run("container", "remove", "sandbox-1").out())
                    .isEqualTo("Removed sandbox-1.\n");
            assertThat(command.run("container", "remove", "sandbox-1", "--json").out())
                    .contains("\"unregistered\"");
            assertThat(server.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "404, Not found, Container a not registered, See which containers there are",
        "409, Conflict, IP 1 already registered to container b, Remove the container that has the"
                + " address",
        "429, Rate limit exceeded, Maximum 10 requests per second, Wait a second",
        "400, Invalid ip_address, ip_address must be a valid address, Correct the value",
        "500, Internal error, Failed, Look into the proxy's log",
    })
    void aRefusalEndsWithOneAndSaysWhatToDo(int status, String error, String message, String remedy)
            throws IOException {
        String body = "{\"error\":\"%s\",\"message\":\"%s\"}".formatted(error, message);
        try (StubControlServer server = server(status, body)) {
            CommandHarness.Outcome outcome = command.run("container", "remove", "a");
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.err())
                    .startsWith("unified-proxy: " + error + ": " + message + "\n" + remedy);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void anAnswerThatIsNoneEndsWith69() throws IOException {
        try (StubControlServer server = server(200, "not json")) {
            assertThat(command.run("container", "list").status()).isEqualTo(69);
            assertThat(server.requests()).hasSize(1);
        }
    }

    private StubControlServer server(int status, String body) throws IOException {
        return StubControlServer.start(
                directory.resolve("internal.sock"),
                request -> StubControlServer.json(status, body));
    }
}
