package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

class RunningProxyFilesTest {
    @TempDir Path home;

    @Test
    void theOptionGoesBeforeTheVariables() throws Exception {
        Console console =
                console(
                        new CommandHarness(home)
                                .with("PROXY_RUN_DIR", "/variable")
                                .with("INTERNAL_API_SOCKET", "/socket/x")
                                .with("PROXY_CERTS_DIR", "/certificates")
                                .with("PROXY_PORT", "not a port"));

        RunningProxyFiles byVariable = RunningProxyFiles.find(Optional.empty(), console);
        assertThat(byVariable.directory()).isEqualTo(Path.of("/variable"));
        assertThat(byVariable.socket()).isEqualTo(Path.of("/socket/x"));
        assertThat(byVariable.certificates()).isEqualTo(Path.of("/certificates"));

        RunningProxyFiles byOption = RunningProxyFiles.find(Optional.of("/option"), console);
        assertThat(byOption.directory()).isEqualTo(Path.of("/option"));
        assertThat(byOption.socket()).isEqualTo(Path.of("/option/internal.sock"));
    }

    @Test
    void whatTheProxyWroteDownGoesBeforeAll() throws Exception {
        Files.writeString(home.resolve("ports.json"), "{\"proxy\":5,\"certs\":\"/written\"}");
        RunningProxyFiles files =
                RunningProxyFiles.find(
                        Optional.of(home.toString()),
                        console(new CommandHarness(home).with("PROXY_CERTS_DIR", "/variable")));
        assertThat(files.proxyPort()).isEqualTo(5);
        assertThat(files.certificates()).isEqualTo(Path.of("/written"));
    }

    private static Console console(CommandHarness harness) {
        return harness.console(new ByteArrayOutputStream(), new ByteArrayOutputStream());
    }
}
