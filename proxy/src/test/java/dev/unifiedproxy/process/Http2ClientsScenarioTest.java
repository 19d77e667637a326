package dev.unifiedproxy.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * HTTP/2 between clients and a server that nobody here wrote, through the packaged proxy: curl,
 * Node, h2load and Chromium on one side, a server of Node's that speaks nothing else on the other.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class Http2ClientsScenarioTest {
    private static final String HOST = "api.anthropic.com";
    private static final String KEY = "sk-ant-canary-h2-93";
    private static final Path CLIENTS = Path.of("src", "test", "clients").toAbsolutePath();

    private Path directory;
    private StandIn internet;
    private Process server;
    private ServeProcess serve;
    private Map<String, String> sandbox;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        internet = new StandIn(directory.resolve("internet"));
        StandIn.Identity identity = internet.identity(HOST);
        ProcessBuilder node =
                new ProcessBuilder(
                        "node",
                        CLIENTS.resolve("h2-server.mjs").toString(),
                        identity.key().toString(),
                        identity.chain().toString());
        node.environment().put("EXPECTED_KEY", KEY);
        node.redirectError(directory.resolve("server.log").toFile());
        server = node.start();
        BufferedReader out = server.inputReader(StandardCharsets.UTF_8);
        internet.lead(HOST, Integer.parseInt(out.readLine().strip()));
        Path config = Files.createDirectory(directory.resolve("config"));
        Files.writeString(config.resolve("allowlist.conf"), HOST + "\n");
        Map<String, String> settings = new TreeMap<>(internet.settings());
        settings.put("ANTHROPIC_API_KEY", KEY);
        serve = ServeProcess.start(directory, settings);
        sandbox = serve.register("sandbox-1", "127.0.0.1");
    }

    @AfterAll
    void stop() throws Exception {
        assertThat(serve.stop()).isZero();
        assertThat(serve.log()).doesNotContain("canary");
        server.destroyForcibly().onExit().join();
        internet.close();
    }

    private Outcome inSandbox(String... command) throws Exception {
        Outcome outcome = Outcome.of(Path.of(sandbox.get("HOME")), sandbox, List.of(command));
        assertThat(outcome.all()).doesNotContain("canary");
        return outcome;
    }

    @Test
    void curlSpeaksHttp2() throws Exception {
        Outcome outcome =
                inSandbox(
                        "curl",
                        "-sS",
                        "--http2",
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{http_version} %{response_code}",
                        "https://" + HOST + "/page");
        assertThat(outcome.out()).as(outcome.all()).isEqualTo("2 200");
    }

    @Test
    void curlSpeaksHttp1ToAServerThatSpeaksOnlyHttp2() throws Exception {
        Outcome outcome =
                inSandbox(
                        "curl",
                        "-sS",
                        "--http1.1",
                        "-d",
                        "hello",
                        "-w",
                        " %{http_version} %{response_code}",
                        "https://" + HOST + "/echo");
        assertThat(outcome.out()).as(outcome.all()).isEqualTo("hello 1.1 200");
    }

    /** A head that ends the stream says no length, and an HTTP/1.1 client needs one. */
    @Test
    void emptyResponseOfAnHttp2ServerEndsForAnHttp1Client() throws Exception {
        Outcome outcome =
                inSandbox(
                        "curl",
                        "-sS",
                        "--http1.1",
                        "--max-time",
                        "20",
                        "-w",
                        "%{http_version} %{response_code} %{size_download}",
                        "https://" + HOST + "/empty");
        assertThat(outcome.out()).as(outcome.all()).isEqualTo("1.1 200 0");
    }

    @Test
    void altSvcDoesNotPass() throws Exception {
        Outcome outcome = inSandbox("curl", "-sS", "-i", "--http2", "https://" + HOST + "/page");
        assertThat(outcome.out()).contains("HTTP/2 200").doesNotContainIgnoringCase("alt-svc");
    }

    @Test
    void node() throws Exception {
        Outcome outcome = inSandbox("node", CLIENTS.resolve("h2-client.mjs").toString(), HOST);
        assertThat(outcome.out()).as(outcome.all()).isEqualTo("all well\n");
    }

    @Test
    void pythonHttpx() throws Exception {
        Outcome outcome =
                inSandbox(
                        "/usr/bin/python3",
                        "-c",
                        """
                        import httpx, os, ssl
                        trust = ssl.create_default_context(cafile=os.environ['SSL_CERT_FILE'])
                        client = httpx.Client(http2=True, verify=trust)
                        answer = client.post('https://%s/echo', content=b'x' * 300000)
                        print(answer.http_version, answer.status_code, answer.headers['x-key'], len(answer.content))
                        """
                                .formatted(HOST));
        assertThat(outcome.out()).as(outcome.all()).isEqualTo("HTTP/2 200 right 300000\n");
    }

    @Test
    void goClient() throws Exception {
        Path program = Path.of(sandbox.get("HOME"), "h2-client");
        Map<String, String> build = new TreeMap<>(System.getenv());
        build.put("GOCACHE", directory.resolve("go-cache").toString());
        build.put("GO111MODULE", "off");
        Outcome built =
                Outcome.of(
                        directory,
                        build,
                        List.of(
                                "go",
                                "build",
                                "-o",
                                program.toString(),
                                CLIENTS.resolve("h2-client.go").toString()));
        assertThat(built.status()).as(built.all()).isZero();
        Outcome outcome = inSandbox(program.toString(), HOST);
        assertThat(outcome.out()).as(outcome.all()).isEqualTo("HTTP/2.0 200 right 1048576\n");
    }

    /** h2load knows no proxy: socat stands in its place with a CONNECT for each connection. */
    @Test
    void h2load() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        "socat",
                        "-dd",
                        "TCP-LISTEN:0,bind=127.0.0.1,fork,reuseaddr",
                        "PROXY:127.0.0.1:" + HOST + ":443,proxyport=" + serve.port());
        Process socat = builder.start();
        try {
            BufferedReader notices = socat.errorReader(StandardCharsets.UTF_8);
            int port = listeningPort(notices);
            // Read to its end, which comes when socat is gone: a full pipe would stop it.
            Thread.ofVirtual().start(() -> notices.lines().forEach(line -> {}));
            Outcome outcome =
                    inSandbox(
                            "h2load",
                            "-n",
                            "2000",
                            "-c",
                            "4",
                            "-m",
                            "32",
                            "--connect-to=127.0.0.1:" + port,
                            "https://" + HOST + "/r/1.js");
            assertThat(outcome.out())
                    .as(outcome.all())
                    .contains("2000 succeeded, 0 failed, 0 errored, 0 timeout")
                    .contains("Application protocol: h2");
        } finally {
            socat.descendants().forEach(ProcessHandle::destroyForcibly);
            socat.destroyForcibly().onExit().join();
        }
    }

    private static int listeningPort(BufferedReader notices) throws Exception {
        for (String line = notices.readLine(); line != null; line = notices.readLine()) {
            int at = line.indexOf("listening on AF=2 127.0.0.1:");
            if (at >= 0) {
                return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip());
            }
        }
        throw new AssertionError("socat did not say where it listens");
    }

    @Test
    void chromiumLoadsAPageWithAHundredResources() throws Exception {
        Outcome page = Chromium.dump(sandbox, serve, "https://" + HOST + "/page");
        assertThat(page.out()).doesNotContain("canary");
        assertThat(page.out()).as(page.all()).contains("loaded 100");
    }
}
