package dev.unifiedproxy.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.control.HealthSource.Check;
import dev.unifiedproxy.control.HealthSource.State;
import dev.unifiedproxy.registry.RegistryHealth;
import dev.unifiedproxy.transport.Transport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** {@link HealthReport} through its route, and what the routes answer to defects. */
final class ControlRoutesTest {
    @TempDir private Path directory;
    private ControlFixture fixture;

    @BeforeEach
    void open() throws IOException {
        fixture = new ControlFixture(directory, Transport.NIO, Duration.ofSeconds(10));
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private ControlResponse ask(String method, String path) {
        return ask(method, path, "{\"container_id\":\"a\",\"ip_address\":\"10.0.0.1\"}");
    }

    private ControlResponse ask(String method, String path, String body) {
        return fixture.routes.handle(
                new ControlRequest(
                        method,
                        path,
                        Optional.of("application/json"),
                        body.getBytes(StandardCharsets.UTF_8)));
    }

    /** {@link MetadataCheck}: all of it is said, and nothing is registered. */
    @Test
    void metadataThatCannotBeUsedIsRefusedWithAllProblems() {
        ControlResponse response =
                ask(
                        "POST",
                        "/internal/containers",
                        "{\"container_id\":\"a\",\"ip_address\":\"10.0.0.1\","
                                + "\"metadata\":{\"wrong\":1}}");

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.json())
                .isEqualTo(
                        "{\"error\":\"Invalid metadata\","
                                + "\"message\":\"a: first problem; second problem\"}");
        assertThat(fixture.registry.count()).isZero();
    }

    private void assertHealth(int status, String json) {
        ControlResponse response = ask("GET", "/internal/health");
        assertThat(response.json()).isEqualTo(json);
        assertThat(response.status()).isEqualTo(status);
    }

    @Test
    void theWorstPartDecides() {
        fixture.checks.add(new Check("dns", State.HEALTHY, ""));
        assertHealth(
                200,
                "{\"status\":\"healthy\",\"containers_registered\":0,\"policy_version\":\"p1\"}");
        fixture.checks.add(new Check("audit", State.DEGRADED, "half full"));
        assertHealth(
                200,
                "{\"status\":\"degraded\",\"containers_registered\":0,"
                        + "\"reason\":\"audit: half full\",\"policy_version\":\"p1\"}");
        fixture.checks.add(new Check("forward", State.UNHEALTHY, "not accepting"));
        assertHealth(503, "{\"status\":\"unhealthy\",\"error\":\"forward: not accepting\"}");
    }

    @Test
    void theRegistrysNoticeIsShownUntilItIsAcknowledged() {
        fixture.registry.setHealth(new RegistryHealth.Degraded("file is not a database"));
        assertThat(ask("GET", "/internal/health").json())
                .contains("\"status\":\"degraded\"")
                .contains("\"reason\":\"registry: file is not a database\"");
        assertThat(ask("POST", "/internal/health/acknowledge").json())
                .isEqualTo("{\"status\":\"acknowledged\"}");
        assertThat(ask("GET", "/internal/health").json()).contains("\"status\":\"healthy\"");
    }

    @Test
    void anEndedWriterIsUnhealthy() {
        fixture.registry.setHealth(new RegistryHealth.Failed("writer ended"));
        assertHealth(503, "{\"status\":\"unhealthy\",\"error\":\"registry: writer ended\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /internal/containers, Failed to read containers",
        "GET, /internal/containers/a, Failed to read containers",
        "POST, /internal/containers, Failed to register container",
        "DELETE, /internal/containers/a, Failed to unregister container"
    })
    void aDefectIsAnsweredWithoutItsDetails(String method, String path, String message) {
        fixture.registry.breakDown();
        ControlResponse response = ask(method, path);
        assertThat(response.status()).isEqualTo(500);
        assertThat(response.json())
                .isEqualTo("{\"error\":\"Internal error\",\"message\":\"" + message + "\"}");
    }

    @Test
    void aDefectOfHealthIsUnhealthy() {
        fixture.registry.breakDown();
        assertHealth(
                503, "{\"status\":\"unhealthy\",\"error\":\"health could not be determined\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "/internal/containers/a%0ab, 'Container a?b not'",
        "/internal/containers/%zz, 'Container %zz not'",
        "/internal/containers/%4, 'Container %4 not'",
        "/internal/containers/%2e%2e%2fx, 'Container ../x not'"
    })
    void strangeIdsAreSimplyNotThere(String path, String words) {
        ControlResponse response = ask("GET", path);
        assertThat(response.status()).isEqualTo(404);
        assertThat(response.json()).contains(words);
    }
}
