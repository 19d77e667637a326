package dev.unifiedproxy.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Real clients with the variables that {@code unified-proxy env} prints, {@code PATH} and {@code
 * HOME}, and nothing else: each reaches its API, which sees the real key.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class ClientMatrixScenarioTest {
    private static final String KEY = "sk-ant-canary-7f3a91";
    private static final String TOKEN = "ghp_canary4d1e77";
    private static final String PLACEHOLDER = "CREDENTIAL_PROXY_PLACEHOLDER";
    private static final String URL = "https://api.anthropic.com/v1/models";
    private static final List<String> WORDS = List.of("one", "two", "three", "four");
    private static final Path CLIENTS = Path.of("src", "test", "clients").toAbsolutePath();

    private Path directory;
    private StandIn internet;
    private ServeProcess serve;
    private Map<String, String> sandbox;

    private final BlockingQueue<String> keysSeen = new LinkedBlockingQueue<>();
    private final AtomicInteger eventsSent = new AtomicInteger();
    private final Semaphore nextEvent = new Semaphore(0);

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        Path repositories = Files.createDirectory(directory.resolve("repositories"));
        makeRepository(repositories.resolve("octo").resolve("allowed.git"));
        internet = new StandIn(directory.resolve("internet"));
        internet.serve("api.anthropic.com", this::answer);
        internet.serve("github.com", new GitBackend(repositories, TOKEN));
        Path proxy = Files.createDirectories(directory.resolve("my proxy"));
        Path config = Files.createDirectory(proxy.resolve("config"));
        Files.writeString(config.resolve("allowlist.conf"), "api.anthropic.com\ngithub.com\n");
        Map<String, String> settings = new TreeMap<>(internet.settings());
        settings.put("ANTHROPIC_API_KEY", KEY);
        settings.put("GITHUB_TOKEN", TOKEN);
        serve = ServeProcess.start(proxy, settings);
        sandbox = serve.register("sandbox-1", "127.0.0.1");
        assertThat(sandbox.values()).noneMatch(value -> value.contains("canary"));
    }

    @AfterAll
    void stop() throws Exception {
        assertThat(serve.stop()).isZero();
        assertThat(serve.log()).doesNotContain("canary");
        internet.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            keysSeen.add(String.valueOf(exchange.getRequestHeaders().getFirst("x-api-key")));
            exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestURI().getPath().equals("/v1/messages")) {
                stream(exchange);
            } else {
                byte[] body = "hello, agent\n".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One event at a time, and each only after the client told that it saw the one before. */
    private void stream(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        event(
                out,
                "message_start",
                "\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\","
                        + "\"content\":[],\"model\":\"test\",\"stop_reason\":null,"
                        + "\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}");
        event(
                out,
                "content_block_start",
                "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}");
        for (String word : WORDS) {
            eventsSent.incrementAndGet();
            event(
                    out,
                    "content_block_delta",
                    "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + word + "\"}");
            if (!nextEvent.tryAcquire(60, TimeUnit.SECONDS)) {
                return;
            }
        }
        event(out, "content_block_stop", "\"index\":0");
        event(out, "message_stop", "\"end\":true");
    }

    private static void event(OutputStream out, String type, String fields) throws IOException {
        String text = "event: %s\ndata: {\"type\":\"%s\",%s}\n\n".formatted(type, type, fields);
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void makeRepository(Path bare) throws Exception {
        Map<String, String> plain =
                Map.of(
                        "PATH",
                        System.getenv("PATH"),
                        "HOME",
                        directory.toString(),
                        "GIT_CONFIG_NOSYSTEM",
                        "1");
        Path work = directory.resolve("work");
        List<List<String>> commands =
                List.of(
                        List.of("git", "init", "-q", "-b", "main", work.toString()),
                        List.of("cp", "/dev/null", work.resolve("empty").toString()),
                        List.of("git", "-C", work.toString(), "add", "."),
                        List.of(
                                "git",
                                "-C",
                                work.toString(),
                                "-c",
                                "user.name=octo",
                                "-c",
                                "user.email=octo@example.test",
                                "commit",
                                "-qm",
                                "First"),
                        List.of("git", "clone", "-q", "--bare", work.toString(), bare.toString()));
        for (List<String> command : commands) {
            Outcome outcome = Outcome.of(directory, plain, command);
            assertThat(outcome.status()).as("%s: %s", command, outcome).isZero();
        }
    }

    private Outcome inSandbox(String... command) throws Exception {
        keysSeen.clear();
        Outcome outcome = Outcome.of(Path.of(sandbox.get("HOME")), sandbox, List.of(command));
        assertThat(outcome.all()).doesNotContain("canary");
        return outcome;
    }

    private void assertPassed(Outcome outcome) {
        assertThat(outcome.status()).as(outcome.all()).isZero();
        assertThat(outcome.out()).isEqualTo("hello, agent\n");
        assertThat(keysSeen).containsExactly(KEY);
    }

    @Test
    void curl() throws Exception {
        assertPassed(inSandbox("curl", "-sS", "-f", "-H", "x-api-key: " + PLACEHOLDER, URL));
    }

    @Test
    void curlSeesWhatTheRunbookPromises() throws Exception {
        Outcome outcome = inSandbox("curl", "-v", "--max-time", "30", URL);
        assertThat(outcome.err())
                .contains("CONNECT api.anthropic.com:443 HTTP/1.1")
                .containsPattern("HTTP/1\\.1 200")
                .contains("issuer: CN=unified-proxy CA");
        assertThat(outcome.status()).isZero();
    }

    @Test
    void curlIsRefusedElsewhereAndToldWhy() throws Exception {
        Outcome outcome = inSandbox("curl", "-sS", "-v", "https://evil.example/");
        assertThat(outcome.status()).isEqualTo(56);
        assertThat(outcome.err()).contains("403").contains("policy.host_not_allowed");
        assertThat(keysSeen).isEmpty();
    }

    @Test
    void wget() throws Exception {
        assertPassed(inSandbox("wget", "-q", "-O-", "--header=x-api-key: " + PLACEHOLDER, URL));
    }

    @Test
    void gitClone() throws Exception {
        Outcome clone = inSandbox("git", "clone", "https://github.com/octo/allowed.git");
        assertThat(clone.status()).as(clone.all()).isZero();
        Path cloned = Path.of(sandbox.get("HOME"), "allowed");
        assertThat(cloned.resolve("empty")).isEmptyFile();
        Outcome fetch = inSandbox("git", "-C", cloned.toString(), "fetch", "--all");
        assertThat(fetch.status()).as(fetch.all()).isZero();
    }

    @Test
    void pythonRequests() throws Exception {
        assertPassed(
                inSandbox(
                        pythonWithRequests(),
                        "-c",
                        """
                        import os, requests
                        answer = requests.get('%s', headers={'x-api-key': os.environ['ANTHROPIC_API_KEY']})
                        answer.raise_for_status()
                        print(answer.text, end='')
                        """
                                .formatted(URL)));
    }

    /** Any python3 of this machine that has it; none is a failure, not a reason to skip. */
    private String pythonWithRequests() throws Exception {
        Set<String> tried = new LinkedHashSet<>();
        for (String place : System.getenv("PATH").split(":", -1)) {
            tried.add(Path.of(place, "python3").toString());
        }
        tried.add("/usr/bin/python3");
        for (String python : tried) {
            if (Files.isExecutable(Path.of(python))
                    && inSandbox(python, "-c", "import requests").status() == 0) {
                return python;
            }
        }
        throw new AssertionError(
                "no python3 has requests (expected: the package python3-requests); tried " + tried);
    }

    @Test
    void nodeFetch() throws Exception {
        assertPassed(
                inSandbox(
                        "node",
                        "-e",
                        "fetch('%s', {headers: {'x-api-key': process.env.ANTHROPIC_API_KEY}})"
                                        .formatted(URL)
                                + ".then(r => r.text()).then(t => process.stdout.write(t))"));
    }

    @Test
    void nodeHttps() throws Exception {
        assertPassed(
                inSandbox(
                        "node",
                        "-e",
                        "require('https').get('%s', {headers: {'x-api-key': process.env.ANTHROPIC_API_KEY}},"
                                        .formatted(URL)
                                + " r => r.pipe(process.stdout))"));
    }

    @Test
    void anthropicSdkSeesEachEventBeforeTheNextIsSent() throws Exception {
        Path program = install();
        keysSeen.clear();
        ProcessBuilder builder = new ProcessBuilder("node", program.toString());
        builder.environment().clear();
        builder.environment().putAll(sandbox);
        Process node = builder.redirectErrorStream(true).start();
        List<String> seen = new ArrayList<>();
        try (BufferedReader out = node.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                seen.add(line.replaceFirst("^[0-9]+ ", ""));
                assertThat(eventsSent)
                        .as("what was sent when %s was seen", seen)
                        .hasValue(seen.size());
                nextEvent.release();
            }
        }
        assertThat(node.waitFor()).as("%s", seen).isZero();
        assertThat(seen).isEqualTo(WORDS);
        assertThat(keysSeen).containsExactly(KEY);
    }

    /** The SDK in the version of the lock file, from wherever this machine's npm takes packages. */
    private Path install() throws Exception {
        Path project = Files.createDirectory(directory.resolve("node"));
        for (String name : List.of("package.json", "package-lock.json", "anthropic-stream.mjs")) {
            Files.copy(CLIENTS.resolve(name), project.resolve(name));
        }
        Outcome npm =
                Outcome.of(
                        project,
                        System.getenv(),
                        List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"));
        assertThat(npm.status()).as(npm.all()).isZero();
        return project.resolve("anthropic-stream.mjs");
    }
}
