package dev.unifiedproxy.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.transport.Transport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The route of {@link AuthorityRotation}, {@link RotationParser} and {@link RotatedAuthority}. */
final class RotationRouteTest {
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

    private ControlResponse post(String body, Optional<String> type) {
        return fixture.routes.handle(
                new ControlRequest(
                        "POST",
                        "/internal/ca/rotate",
                        type,
                        body.getBytes(StandardCharsets.UTF_8)));
    }

    private ControlResponse post(String body) {
        return post(body, Optional.of("application/json"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | PT168H | rotating",
                "{\"overlap_seconds\":3600} | PT1H | rotating",
                "{\"overlap_seconds\":0,\"x\":1} | PT0S | rotated",
                "{\"overlap_seconds\":7776000} | PT2160H | rotating",
            })
    void rotates(String body, String overlap, String status) {
        ControlResponse response = post(body);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.json())
                .contains("\"status\":\"" + status + "\"", "\"old_sha256\":\"AA\"")
                .contains("\"new_sha256\":\"BB\"", "\"overlap_ends\":\"");
        assertThat(fixture.overlaps).containsExactly(Duration.parse(overlap));
    }

    @Test
    void needsNoBody() {
        assertThat(post("", Optional.empty()).status()).isEqualTo(200);
        assertThat(fixture.overlaps).containsExactly(Duration.ofDays(7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"overlap_seconds\":-1}",
                "{\"overlap_seconds\":7776001}",
                "{\"overlap_seconds\":1.5}",
                "{\"overlap_seconds\":\"1\"}",
                "{\"overlap_seconds\":null}",
                "{\"overlap_seconds\":99999999999999999999}",
                "[]",
                "{",
            })
    void refusesWhatIsNoOverlap(String body) {
        assertThat(post(body).status()).isEqualTo(400);
        assertThat(fixture.overlaps).isEmpty();
    }

    @Test
    void refusesASecondOneAndOtherTypes() {
        assertThat(post("{}", Optional.of("text/plain")).status()).isEqualTo(415);
        fixture.overlaps.add(Duration.ofSeconds(99));
        assertThat(post("{}").status()).isEqualTo(409);
        assertThat(post("{}").json()).contains("goes on already");
    }

    @Test
    void theClientUnderstandsTheAnswers() throws Exception {
        ControlClient client =
                new ControlClient(
                        directory.resolve("run/internal.sock"),
                        Duration.ofSeconds(10),
                        System::nanoTime);
        RotatedAuthority begun = client.rotateAuthority(Duration.ofHours(1));
        assertThat(begun)
                .isEqualTo(
                        new RotatedAuthority(
                                "AA",
                                "BB",
                                fixture.clock.instant().plus(Duration.ofHours(1)),
                                false));
        assertThat(client.rotateAuthority(Duration.ZERO).over()).isTrue();
        assertThatThrownBy(() -> client.rotateAuthority(Duration.ofSeconds(99)))
                .isInstanceOfSatisfying(
                        ControlRefusedException.class,
                        refused -> assertThat(refused.status()).isEqualTo(409));
    }
}
