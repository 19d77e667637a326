package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

/**
 * {@link Tool}, with {@link Commands}, {@link ExitCode}, {@link CommandFailure} and {@link
 * Versions}.
 */
class ToolTest {
    @TempDir Path home;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "serve", "demo", "container", "container add", "container list",
                "container show", "container remove", "env", "ca", "ca show", "ca export"
            })
    void everyCommandHasHelpWithExamples(String command) {
        CommandHarness.Outcome outcome =
                new CommandHarness(home).run((command + " --help").strip().split(" ", -1));
        assertThat(outcome.status()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .startsWith(("Usage: unified-proxy " + command).strip())
                .contains("\nExamples:\n  ")
                .doesNotContain("\u001b");
    }

    @ParameterizedTest
    @CsvSource({
        "'', a command is missing, ./unified-proxy",
        "container, a command is missing, ./unified-proxy container",
        "contaner, unknown command or option: contaner (did you mean container or serve?),"
                + " ./unified-proxy",
        "container list --jsn, unknown command or option: --jsn (did you mean --json?),"
                + " ./unified-proxy container list",
        "container show, Missing required parameter: 'CONTAINER', ./unified-proxy container show",
        "container add x, Missing required option: '--ip=ADDRESS', ./unified-proxy container add",
    })
    void whatIsNotUnderstoodEndsWith64(String line, String what, String command) {
        String[] arguments = line.isEmpty() ? new String[0] : line.split(" ", -1);
        CommandHarness.Outcome outcome = new CommandHarness(home).run(arguments);
        assertThat(outcome)
                .isEqualTo(
                        new CommandHarness.Outcome(
                                64,
                                "",
                                "unified-proxy: "
                                        + what
                                        + "\nSee what it takes:  "
                                        + command
                                        + " --help\n"));
    }

    @Test
    void anArgumentCannotRewriteTheTerminal() {
        assertThat(new CommandHarness(home).run("\u001b[2J").err())
                .startsWith("unified-proxy: unknown command or option: ?[2J");
    }

    @Test
    void noProxyMeans69() {
        String directory = home.resolve("no where").toString();
        assertThat(new CommandHarness(home).run("--run-dir", directory, "container", "list"))
                .isEqualTo(
                        new CommandHarness.Outcome(
                                69,
                                "",
                                "unified-proxy: no unified-proxy answers on "
                                        + directory
                                        + "/internal.sock\n"
                                        + "Start it with \"./unified-proxy serve\", or say where it"
                                        + " runs: --run-dir DIR or PROXY_RUN_DIR.\n"));
    }

    @Test
    void aSettingThatCannotBeMeans78() {
        CommandHarness.Outcome outcome =
                new CommandHarness(home)
                        .with("INTERNAL_API_SOCKET", "/" + "x".repeat(200))
                        .run("container", "list");
        assertThat(outcome.status()).isEqualTo(78);
        assertThat(outcome.err())
                .startsWith(
                        "unified-proxy: the configuration cannot be used:\nINTERNAL_API_SOCKET");
    }

    @Test
    void versionNamesWhatItRunsOn() {
        CommandHarness.Outcome outcome = new CommandHarness(home).run("--version");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("unified-proxy  "),
                        line -> assertThat(line).matches("Java +25.*"),
                        line -> assertThat(line).matches("Netty +4\\.2\\..*"),
                        line -> assertThat(line).matches("TLS +.+"));
    }
}
