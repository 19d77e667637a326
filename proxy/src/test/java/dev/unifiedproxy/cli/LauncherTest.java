package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The launcher script, with a java and an mvn that only say how they were called. */
class LauncherTest {
    private static final Path SCRIPT = Path.of("..", "unified-proxy");

    private static final String JAVA =
            """
            #!/bin/sh
            for argument; do case $argument in -XX:AOTCacheOutput=*) : >"${argument#*=}"; echo train >>"$CALLS"; exit 0;; esac; done
            printf 'java'; printf ' [%s]' "$@"; echo
            """;

    private static final String MVN =
            """
            #!/bin/sh
            echo "mvn $* in $(basename "$PWD")" >>"$CALLS"
            [ -z "${BROKEN:-}" ] || { echo 'it is broken'; exit 1; }
            mkdir -p proxy/target/app && : >proxy/target/app/unified-proxy.jar
            """;

    @TempDir Path directory;
    private Path root;
    private Path bin;

    /** How a call ended. */
    private record Outcome(int status, String out, String err) {}

    @BeforeEach
    void layACheckout() throws IOException {
        bin = Files.createDirectory(directory.resolve("bin"));
        root = Files.createDirectories(directory.resolve("a check out"));
        Files.copy(SCRIPT, root.resolve("unified-proxy"));
        Files.createDirectories(root.resolve("proxy/src/main"));
        Files.writeString(root.resolve("pom.xml"), "");
        Files.writeString(root.resolve("proxy/pom.xml"), "");
        script(
                root.resolve("build/find-jdk.sh"),
                "echo " + EnvironmentFormat.shellQuote(root.resolve("jdk").toString()) + "\n");
        script(root.resolve("jdk/bin/java"), JAVA);
        script(bin.resolve("mvn"), MVN);
    }

    @Test
    void isValidBash() throws Exception {
        assertThat(run(directory, List.of("bash", "-n", SCRIPT.toRealPath().toString()), Map.of()))
                .isEqualTo(new Outcome(0, "", ""));
    }

    @Test
    void buildsOnceThenRunsWhatWasBuilt() throws Exception {
        Outcome first = launch(root.resolve("unified-proxy"), Map.of(), "serve", "--port", "a b");
        assertThat(first.status()).isZero();
        assertThat(first.err())
                .matches(
                        "Building unified-proxy \\(first run, about a minute\\)… done in \\d+ s\n"
                                + "Preparing a faster start \\(once after a build\\)… done in \\d+"
                                + " s\n");
        assertThat(first.out())
                .contains(
                        "[-Xmn24m]",
                        "[-XX:+UseSerialGC]",
                        "[-XX:AOTCache=" + root + "/proxy/target/app/unified-proxy.aot]")
                .endsWith(
                        "[-jar] ["
                                + root
                                + "/proxy/target/app/unified-proxy.jar] [serve] [--port] [a b]\n");

        Outcome second =
                launch(
                        root.resolve("unified-proxy"),
                        Map.of("JAVA_OPTS", "-Da=1 -Db=2"),
                        "container",
                        "list");
        assertThat(second.err()).isEmpty();
        assertThat(second.out())
                .contains("[-XX:TieredStopAtLevel=1]", "[-Da=1] [-Db=2] [-jar]")
                .doesNotContain("-Xmn24m");
        assertThat(calls())
                .containsExactly(
                        "mvn -q -B -ntp -Dmaven.test.skip=true package -pl proxy -am in a check"
                                + " out",
                        "train");
    }

    @Test
    void buildsAgainWhenASourceIsNewer() throws Exception {
        launch(root.resolve("unified-proxy"), Map.of());
        Path source = Files.writeString(root.resolve("proxy/src/main/New.java"), "");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(launch(root.resolve("unified-proxy"), Map.of()).err())
                .startsWith("Building unified-proxy… done in ");
    }

    @Test
    void worksThroughLinksFromAnywhere() throws Exception {
        Path absolute =
                Files.createSymbolicLink(bin.resolve("absolute"), root.resolve("unified-proxy"));
        Files.createSymbolicLink(bin.resolve("relative"), Path.of("absolute"));
        assertThat(launch(absolute, Map.of(), "x").out()).endsWith("[x]\n");
        assertThat(run(bin, List.of("./relative", "y"), Map.of()).out())
                .contains("[-Dunifiedproxy.program=./relative]")
                .endsWith("[y]\n");
    }

    @Test
    void aFailedBuildShowsTheEndOfItsLog() throws Exception {
        Outcome outcome = launch(root.resolve("unified-proxy"), Map.of("BROKEN", "1"), "serve");
        assertThat(outcome.status()).isEqualTo(70);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .isEqualTo(
                        "Building unified-proxy (first run, about a minute)… failed. The last lines"
                                + " of "
                                + root
                                + "/target/unified-proxy-build.log:\nit is broken\n");
    }

    @Test
    void withoutJdkItSaysWhatToInstall() throws Exception {
        Files.copy(
                Path.of("..", "build", "find-jdk.sh"),
                root.resolve("build/find-jdk.sh"),
                StandardCopyOption.REPLACE_EXISTING);
        String text = Files.readString(root.resolve("build/find-jdk.sh"));
        Files.writeString(
                root.resolve("build/find-jdk.sh"),
                text.replace("/usr/lib/jvm/*", "")
                        .replace("/opt/java/* /opt/jdk* /usr/java/*", ""));
        Outcome outcome =
                launch(
                        root.resolve("unified-proxy"),
                        Map.of("HOME", "/nonexistent", "JAVA_HOME", "/nonexistent"),
                        "serve");
        assertThat(outcome.status()).isEqualTo(78);
        assertThat(outcome.err())
                .startsWith("unified-proxy needs a JDK 25 and found none in JAVA_HOME");
        assertThat(calls()).isEmpty();
    }

    @Test
    void aDistributionIsNeverBuilt() throws Exception {
        Path installed = Files.createDirectories(directory.resolve("installed"));
        Files.copy(SCRIPT, installed.resolve("unified-proxy"));
        Map<String, String> java = Map.of("JAVA_HOME", root.resolve("jdk").toString());
        Outcome incomplete = launch(installed.resolve("unified-proxy"), java, "serve");
        assertThat(incomplete.status()).isEqualTo(78);
        assertThat(incomplete.err()).contains("app/unified-proxy.jar is missing");

        Files.createDirectory(installed.resolve("app"));
        Files.createFile(installed.resolve("app/unified-proxy.jar"));
        assertThat(launch(installed.resolve("unified-proxy"), java, "serve").out())
                .endsWith("[-jar] [" + installed + "/app/unified-proxy.jar] [serve]\n");
        assertThat(calls()).isEmpty();
    }

    @Test
    void twoCallersBuildOnce() throws Exception {
        Path script = root.resolve("unified-proxy");
        List<Process> callers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            callers.add(start(directory, List.of(script.toString(), "x"), Map.of()));
        }
        for (Process caller : callers) {
            assertThat(new String(caller.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("[x]\n");
            assertThat(caller.waitFor()).isZero();
        }
        assertThat(calls()).hasSize(2);
    }

    private List<String> calls() throws IOException {
        Path calls = directory.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    private Outcome launch(Path script, Map<String, String> environment, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        return run(directory, command, environment);
    }

    private Outcome run(Path where, List<String> command, Map<String, String> environment)
            throws Exception {
        Process process = start(where, command, environment);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), out, err);
    }

    private Process start(Path where, List<String> command, Map<String, String> environment)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(where.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", bin + ":/usr/bin:/bin");
        builder.environment().put("HOME", directory.toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("CALLS", directory.resolve("calls").toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.resolve("..").normalize());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
