package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.tls.InterceptionAuthority;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** {@link RotateCommand} where no proxy runs; with one it is in the scenarios. */
class RotateCommandTest {
    @TempDir Path directory;
    private InterceptionAuthority before;

    @BeforeEach
    void create() {
        before = authority();
        before.publish(directory.resolve("certs"), Optional.empty());
    }

    private InterceptionAuthority authority() {
        return InterceptionAuthority.openOrCreate(
                directory.resolve("state"), InstantSource.fixed(CommandHarness.NOW));
    }

    private CommandHarness.Outcome run(String... arguments) {
        return new CommandHarness(directory)
                .with("PROXY_RUN_DIR", directory.resolve("run").toString())
                .with("PROXY_STATE_DIR", directory.resolve("state").toString())
                .with("PROXY_CERTS_DIR", directory.resolve("certs").toString())
                .run(arguments);
    }

    private String published() throws IOException {
        return Files.readString(directory.resolve("certs/mitmproxy-ca.pem"));
    }

    @Test
    void saysWhatHappenedAndWhatToDo() throws IOException {
        CommandHarness.Outcome outcome = run("ca", "rotate", "--overlap", "24h");
        String next = authority().rotation().orElseThrow().newSha256();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        old  %s
                        new  %s
                        Both are good until 2026-11-25T12:00:00Z.
                        The files for sandboxes hold both now. Until then, let every sandbox read them anew: restart it, or what in it keeps them in memory.
                        No proxy is running; the next one starts with this.
                        """
                                .formatted(before.sha256Fingerprint(), next));
        assertThat(published().split("BEGIN CERTIFICATE", -1)).hasSize(3);
        assertThat(run("ca", "show").out()).contains("next sha256  " + next);
        assertThat(run("ca", "export").out()).isEqualTo(published());
    }

    @Test
    void aSecondOneIsRefusedAndNothingCompletesTheFirst() throws IOException {
        assertThat(run("ca", "rotate").status()).isZero();
        String both = published();
        CommandHarness.Outcome second = run("ca", "rotate");
        assertThat(second.status()).isEqualTo(1);
        assertThat(second.err()).contains("a rotation goes on already", "ca rotate --overlap 0");
        assertThat(published()).isEqualTo(both);
        assertThat(run("ca", "rotate", "--overlap", "0", "--json").out())
                .contains("\"status\" : \"rotated\"")
                .contains("\"new_sha256\" : \"" + authority().sha256Fingerprint() + "\"");
        assertThat(published().split("BEGIN CERTIFICATE", -1)).hasSize(2);
        assertThat(authority().sha256Fingerprint()).isNotEqualTo(before.sha256Fingerprint());
    }

    @Test
    void atOnceTheNewOneAloneIsGood() {
        CommandHarness.Outcome outcome = run("ca", "rotate", "--overlap", "0");
        assertThat(outcome.out()).contains("The new CA alone is good now.");
        assertThat(authority().rotation()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"91d", "soon", "-1"})
    void whatIsNoOverlapIsAMistake(String overlap) {
        assertThat(run("ca", "rotate", "--overlap=" + overlap).status()).isEqualTo(64);
        assertThat(authority().rotation()).isEmpty();
    }

    @Test
    void withoutACaThereIsNothingToRotate() {
        InterceptionAuthority.discard(directory.resolve("state"));
        CommandHarness.Outcome outcome = run("ca", "rotate");
        assertThat(outcome.status()).isEqualTo(69);
        assertThat(outcome.err()).contains("there is no CA in " + directory.resolve("state"));
        assertThat(directory.resolve("state/ca")).doesNotExist();
    }

    @Test
    void aDamagedCaIsNamed() throws IOException {
        Files.delete(directory.resolve("state/ca/ca.pem"));
        CommandHarness.Outcome outcome = run("ca", "rotate");
        assertThat(outcome.status()).isEqualTo(78);
        assertThat(outcome.err()).contains("ca.pem is missing");
    }
}
