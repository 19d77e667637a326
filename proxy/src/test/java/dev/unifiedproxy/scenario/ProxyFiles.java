package dev.unifiedproxy.scenario;

import static org.awaitility.Awaitility.await;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What a proxy under test wrote. */
record ProxyFiles(Path directory) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The lines of a file that carry a request's id, once there is one. */
    List<JsonNode> linesWith(String file, String requestId) {
        return Objects.requireNonNull(
                await().atMost(Duration.ofSeconds(10))
                        .until(
                                () ->
                                        lines(file).stream()
                                                .filter(
                                                        line ->
                                                                line.path("request_id")
                                                                        .asString("")
                                                                        .equals(requestId))
                                                .toList(),
                                lines -> !lines.isEmpty()));
    }

    /** The whole lines of a file; a line that is still being written does not count. */
    List<JsonNode> lines(String name) throws IOException {
        Path file = directory.resolve(name);
        String text = Files.exists(file) ? Files.readString(file) : "";
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(line -> JSON.readTree(line))
                .toList();
    }

    /** Canaries in any file but the stand-in server's. */
    List<String> leaks() throws IOException {
        List<String> leaks = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                if (!file.startsWith(directory.resolve("stand-in"))) {
                    String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                    leaks.addAll(Canaries.in(file.toString(), text));
                }
            }
        }
        return leaks;
    }

    void delete() throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
