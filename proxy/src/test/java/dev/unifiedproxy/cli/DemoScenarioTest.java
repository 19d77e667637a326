package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** {@link Demo}, with {@link StandInApi} and {@link DemoClient}, as {@link Main} runs it. */
@Timeout(120)
class DemoScenarioTest {
    @TempDir Path directory;

    @Test
    void everyExpectationHoldsAndNothingIsLeftBehind() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Path app = Path.of(System.getProperty("test.app", "target/app"));
        Process demo =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Djava.io.tmpdir=" + temporary,
                                "-Duser.home=" + directory,
                                "-jar",
                                app.resolve("unified-proxy.jar").toString(),
                                "demo")
                        .redirectError(directory.resolve("err").toFile())
                        .start();
        String out = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(demo.waitFor())
                .as("%s%s", out, Files.readString(directory.resolve("err")))
                .isZero();
        assertThat(out.lines().count()).isLessThanOrEqualTo(25);
        assertThat(out)
                .doesNotContain("✗")
                .contains(", the real key\n")
                .contains("evil.example: 403 policy.host_not_allowed\n")
                .contains("203.0.113.7: 403 policy.ip_literal\n")
                .contains("inside.example: 403 upstream.address_forbidden\n")
                .contains("api.anthropic.com: 403 identity.unknown_container\n")
                .contains("What to do next:\n");
        assertThat(directory.resolve("err")).isEmptyFile();
        assertThat(files(temporary)).isEmpty();
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
