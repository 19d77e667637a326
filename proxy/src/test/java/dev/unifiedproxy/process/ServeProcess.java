package dev.unifiedproxy.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The packaged proxy as an operator runs it: a process of its own, with settings in variables, that
 * is asked over its command line, its control socket and its files.
 */
final class ServeProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path directory;
    private final Map<String, String> environment;
    private final Process process;

    private ServeProcess(Path directory, Map<String, String> environment, Process process) {
        this.directory = directory;
        this.environment = environment;
        this.process = process;
    }

    /** Starts it in a directory that earlier runs may have used, and waits until it is ready. */
    static ServeProcess start(Path directory, Map<String, String> settings) throws IOException {
        ServeProcess serve = launch(directory, settings);
        long started = System.nanoTime();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> serve.isReady() || !serve.process.isAlive());
        assertThat(serve.isReady()).as("ready; its log: %s", serve.log()).isTrue();
        System.out.printf(
                "start to ready: %d ms%n",
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
        return serve;
    }

    /** Starts it without waiting for anything. */
    static ServeProcess launch(Path directory, Map<String, String> settings) throws IOException {
        for (String name : List.of("run", "state", "certs", "config", "home")) {
            Files.createDirectories(directory.resolve(name));
        }
        // A marker of a run that was killed is not this run's.
        Files.deleteIfExists(directory.resolve("run").resolve("ready"));
        Map<String, String> environment = environment(directory);
        environment.putAll(settings);
        ProcessBuilder builder = new ProcessBuilder(command(List.of("serve")));
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("serve.log").toFile()));
        return new ServeProcess(directory, environment, builder.start());
    }

    private static Map<String, String> environment(Path directory) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", directory.resolve("home").toString());
        environment.put("PROXY_RUN_DIR", directory.resolve("run").toString());
        environment.put("PROXY_STATE_DIR", directory.resolve("state").toString());
        environment.put("PROXY_CERTS_DIR", directory.resolve("certs").toString());
        environment.put("PROXY_CONFIG_DIR", directory.resolve("config").toString());
        environment.put("PROXY_BIND", "127.0.0.1");
        environment.put("PROXY_PORT", "0");
        environment.put("METRICS_BIND", "127.0.0.1");
        environment.put("METRICS_PORT", "0");
        environment.put("PROXY_ENABLE_DNS", "false");
        return environment;
    }

    /** The flags are those of the launcher. */
    private static List<String> command(List<String> arguments) {
        Path app = Path.of(System.getProperty("test.app", "target/app")).toAbsolutePath();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:+UseCompactObjectHeaders",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xms48m",
                        "-Xmx128m",
                        "-Xmn24m",
                        "-XX:MaxDirectMemorySize=128m",
                        "-Dio.netty.allocator.type=pooled",
                        "-jar",
                        app.resolve("unified-proxy.jar").toString()));
        command.addAll(arguments);
        return command;
    }

    boolean isReady() {
        return Files.exists(run().resolve("ready"));
    }

    Path run() {
        return directory.resolve("run");
    }

    Path state() {
        return directory.resolve("state");
    }

    Path certificates() {
        return directory.resolve("certs");
    }

    Path socket() {
        return run().resolve("internal.sock");
    }

    Path logFile() {
        return directory.resolve("serve.log");
    }

    /** Everything that all runs in this directory have written. */
    String log() throws IOException {
        return Files.readString(logFile());
    }

    /** The port of the forward proxy. */
    int port() throws IOException {
        return ports().path("proxy").asInt();
    }

    /** The port of the metrics. */
    int metricsPort() throws IOException {
        return ports().path("metrics").asInt();
    }

    private JsonNode ports() throws IOException {
        return JSON.readTree(Files.readString(run().resolve("ports.json")));
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The resident memory of the process in bytes. */
    long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }

    /** Runs a command of the command line against this proxy. */
    Outcome command(String... arguments) throws IOException, InterruptedException {
        return Outcome.of(directory, environment, command(List.of(arguments)));
    }

    /** Starts a second one with the same settings, and waits for its end. */
    Outcome serveAgain() throws IOException, InterruptedException {
        return command("serve");
    }

    /** Registers a container and returns the variables that its sandbox gets. */
    Map<String, String> register(String id, String address)
            throws IOException, InterruptedException {
        Outcome added = command("container", "add", id, "--ip", address);
        assertThat(added.status()).as(added.all()).isZero();
        return sandbox(id);
    }

    /** The variables that a sandbox gets, and the two that every process has. */
    Map<String, String> sandbox(String id) throws IOException, InterruptedException {
        Outcome printed = command("env", id, "--format", "json");
        assertThat(printed.status()).as(printed.all()).isZero();
        Map<String, String> variables = new TreeMap<>();
        JSON.readTree(printed.out())
                .properties()
                .forEach(entry -> variables.put(entry.getKey(), entry.getValue().asString()));
        assertThat(variables).containsKey("HTTPS_PROXY");
        Path home = Files.createTempDirectory(directory, "home-of-" + id);
        variables.put("PATH", System.getenv("PATH"));
        variables.put("HOME", home.toString());
        return variables;
    }

    /** Sends a signal by its name. */
    void signal(String name) throws IOException, InterruptedException {
        Outcome kill =
                Outcome.of(
                        directory,
                        Map.of("PATH", System.getenv("PATH")),
                        List.of("kill", "-" + name, String.valueOf(pid())));
        assertThat(kill.status()).as(kill.all()).isZero();
    }

    /** Waits for the end of the process and returns its exit status. */
    int exitStatus(Duration limit) throws InterruptedException {
        assertThat(process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS))
                .as("ended within %s", limit)
                .isTrue();
        return process.exitValue();
    }

    /** SIGTERM and its exit status. */
    int stop() throws IOException, InterruptedException {
        signal("TERM");
        return exitStatus(PATIENCE);
    }

    /** SIGKILL, which no process hears. */
    void kill() throws IOException, InterruptedException {
        signal("KILL");
        assertThat(exitStatus(PATIENCE)).isEqualTo(128 + 9);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
