package dev.unifiedproxy.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.transport.Transport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** docs/control-api.openapi.yaml says what {@link ControlRoutes} serve. */
final class OpenApiTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "control-api.openapi.yaml");
    private static final List<String> METHODS = List.of("POST", "GET", "PUT", "PATCH", "DELETE");

    @TempDir private Path directory;
    private ControlFixture fixture;
    private JsonNode paths;

    @BeforeEach
    void open() throws IOException {
        fixture = new ControlFixture(directory, Transport.NIO, Duration.ofSeconds(10));
        paths = new YAMLMapper().readTree(DOCUMENT.toFile()).required("paths");
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private int status(String method, String path) {
        return fixture.routes
                .handle(
                        new ControlRequest(
                                method,
                                path,
                                Optional.of("application/json"),
                                "{\"container_id\":\"a\",\"ip_address\":\"10.0.0.1\"}"
                                        .getBytes(StandardCharsets.UTF_8)))
                .status();
    }

    @Test
    void everyOperationIsServedAndNoOtherIs() {
        assertThat(paths.size()).isEqualTo(5);
        for (Map.Entry<String, JsonNode> path : paths.properties()) {
            for (String method : METHODS) {
                JsonNode operation = path.getValue().path(method.toLowerCase(Locale.ROOT));
                int status = status(method, path.getKey().replace("{id}", "a"));
                if (operation.isMissingNode()) {
                    assertThat(status).as("%s %s", method, path.getKey()).isEqualTo(405);
                } else {
                    assertThat(status).as("%s %s", method, path.getKey()).isLessThan(300);
                    assertThat(operation.required("responses").has(Integer.toString(status)))
                            .as("%s %s describes %d", method, path.getKey(), status)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void whatIsNotThereIsDescribedToo() {
        assertThat(status("GET", "/internal/containers/nobody")).isEqualTo(404);
        JsonNode responses =
                paths.required("/internal/containers/{id}").required("get").required("responses");
        assertThat(responses.has("404")).isTrue();
    }
}
