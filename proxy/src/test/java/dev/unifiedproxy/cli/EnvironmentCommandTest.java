package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.control.StubControlServer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@link EnvironmentCommand}, with {@link RunningProxyFiles}. */
class EnvironmentCommandTest {
    @TempDir Path directory;
    private CommandHarness command;

    @BeforeEach
    void pointAtTheStub() throws IOException {
        command =
                new CommandHarness(directory)
                        .with("PROXY_RUN_DIR", directory.toString())
                        .with("ANTHROPIC_API_KEY", "sk-ant-REAL");
        Files.writeString(
                directory.resolve("ports.json"),
                "{\"proxy\":18080,\"metrics\":19090,\"certs\":\"/srv/certs\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.2, '', http://s%3A1:a.b_c@127.0.0.1:18080",
        "::1, '', http://s%3A1:a.b_c@127.0.0.1:18080",
        "172.17.0.2, '', http://s%3A1:a.b_c@unified-proxy:18080",
        "172.17.0.2, proxy.lan, http://s%3A1:a.b_c@proxy.lan:18080",
        "172.17.0.2, fd00::1, 'http://s%3A1:a.b_c@[fd00::1]:18080'",
    })
    void namesTheProxyAsTheSandboxReachesIt(String address, String host, String url)
            throws IOException {
        try (StubControlServer server = server(address, "a.b_c")) {
            CommandHarness.Outcome outcome =
                    host.isEmpty()
                            ? command.run("env", "s:1")
                            : command.run("env", "s:1", "--host", host);
            assertThat(outcome.err()).isEmpty();
            assertThat(outcome.out())
                    .contains(
                            "export HTTPS_PROXY='" + url + "'\n",
                            "export http_proxy='" + url + "'\n")
                    .contains("export NODE_EXTRA_CA_CERTS='/srv/certs/mitmproxy-ca.pem'\n")
                    .contains("export ANTHROPIC_API_KEY='CREDENTIAL_PROXY_PLACEHOLDER'\n")
                    .doesNotContain("REAL");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void otherFormatsAndPlaces() throws IOException {
        try (StubControlServer server = server("10.0.0.1", "t")) {
            assertThat(command.run("env", "s:1", "--format", "dotenv", "--certs", "/certs").out())
                    .contains("\nSSL_CERT_FILE=/certs/ca-certificates.crt\n")
                    .contains("\nWGETRC=/certs/wgetrc-mounted\n")
                    .contains("\nNODE_OPTIONS=--require=/certs/node-proxy.cjs\n");
            assertThat(command.run("env", "s:1", "--format", "json").out())
                    .startsWith("{\n")
                    .contains("\"GIT_TERMINAL_PROMPT\" : \"0\"");
            assertThat(server.requests()).hasSize(2);
        }
        assertThat(command.run("env", "s:1", "--format", "xml"))
                .isEqualTo(
                        new CommandHarness.Outcome(
                                64,
                                "",
                                """
                                unified-proxy: --format: xml (expected: shell, dotenv or json)
                                Add --help to the command to see what it takes.
                                """));
    }

    @Test
    void withoutTicketOrPortItPrintsNothing() throws IOException {
        try (StubControlServer server = server("10.0.0.1", "")) {
            assertThat(command.run("env", "s:1"))
                    .isEqualTo(
                            new CommandHarness.Outcome(
                                    1,
                                    "",
                                    """
                                    unified-proxy: the proxy gave no ticket for s:1
                                    Register the container again.
                                    """));
            assertThat(server.requests()).hasSize(1);
        }
        Files.delete(directory.resolve("internal.sock"));
        Files.writeString(directory.resolve("ports.json"), "{\"proxy\":0}");
        try (StubControlServer server = server("10.0.0.1", "t")) {
            CommandHarness.Outcome outcome = command.run("env", "s:1");
            assertThat(outcome.status()).isEqualTo(69);
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.err()).contains("ports.json names no port of the proxy");
            assertThat(server.requests()).hasSize(1);
        }
    }

    private StubControlServer server(String address, String ticket) throws IOException {
        String body =
                """
                {"ticket":"%s","container":{"container_id":"s:1","ip_address":"%s","registered_at":1,"last_seen":1,"ttl_seconds":0,"metadata":null}}\
                """
                        .formatted(ticket, address);
        return StubControlServer.start(
                directory.resolve("internal.sock"), request -> StubControlServer.json(200, body));
    }
}
