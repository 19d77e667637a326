package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

class ServerCommandsTest {
    @TempDir Path home;

    private static final class Recorded implements ServerCommands.Server {
        private final Map<String, String> flags = new HashMap<>();

        @Override
        public int serve(Map<String, String> given, Console console) {
            flags.putAll(given);
            return 7;
        }

        @Override
        public int demo(Console console) {
            console.out().println("shown");
            return 0;
        }
    }

    @Test
    void serveHandsOverItsFlagsUnderTheNamesOfTheVariables() {
        Recorded server = new Recorded();
        CommandHarness.Outcome outcome =
                new CommandHarness(home)
                        .with(server)
                        .run(
                                "--run-dir",
                                "/r",
                                "serve",
                                "--port",
                                "0",
                                "--metrics-port",
                                "1",
                                "--bind",
                                "::1",
                                "--state-dir",
                                "/s",
                                "--certs-dir",
                                "/c",
                                "--config-dir",
                                "/e");
        assertThat(outcome).isEqualTo(new CommandHarness.Outcome(7, "", ""));
        assertThat(server.flags)
                .isEqualTo(
                        Map.of(
                                "PROXY_RUN_DIR", "/r",
                                "PROXY_PORT", "0",
                                "METRICS_PORT", "1",
                                "PROXY_BIND", "::1",
                                "PROXY_STATE_DIR", "/s",
                                "PROXY_CERTS_DIR", "/c",
                                "PROXY_CONFIG_DIR", "/e"));
    }

    @Test
    void demoPrints() {
        assertThat(new CommandHarness(home).with(new Recorded()).run("demo"))
                .isEqualTo(new CommandHarness.Outcome(0, "shown\n", ""));
    }
}
