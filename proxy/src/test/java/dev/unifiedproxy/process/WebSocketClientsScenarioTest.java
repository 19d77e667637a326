package dev.unifiedproxy.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * WebSockets between clients and a server that nobody here wrote, through the packaged proxy: Node,
 * Python's websockets and Chromium on one side, Python's websockets on the other.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class WebSocketClientsScenarioTest {
    private static final String HOST = "api.anthropic.com";
    private static final String KEY = "sk-ant-canary-ws-71";
    private static final Path CLIENTS = Path.of("src", "test", "clients").toAbsolutePath();
    private static final long MIB = 1 << 20;
    private static final long ALLOWED_GROWTH = 64 * MIB;

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
        ProcessBuilder python =
                new ProcessBuilder(
                        "/usr/bin/python3",
                        CLIENTS.resolve("ws-server.py").toString(),
                        identity.key().toString(),
                        identity.chain().toString());
        python.environment().put("EXPECTED_KEY", KEY);
        python.redirectError(directory.resolve("server.log").toFile());
        server = python.start();
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

    private void echo(String version, int mebibytes) throws Exception {
        Outcome outcome =
                inSandbox(
                        "node",
                        CLIENTS.resolve("ws-client.mjs").toString(),
                        HOST,
                        version,
                        Integer.toString(mebibytes));
        assertThat(outcome.out())
                .as(outcome.all())
                .isEqualTo("echoed " + mebibytes * MIB + " same true close 1000\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"h1", "h2"})
    void aGibibyteInEachDirectionLeavesNoTrace(String version) throws Exception {
        echo(version, 64);
        long before = serve.residentBytes();
        echo(version, 1024);
        long after = serve.residentBytes();
        System.out.printf("%s: resident %d MiB, then %d MiB%n", version, before / MIB, after / MIB);
        assertThat(after - before).isLessThan(ALLOWED_GROWTH);
    }

    @Test
    void pythonWebsockets() throws Exception {
        Outcome outcome =
                inSandbox(
                        "/usr/bin/python3",
                        "-c",
                        """
                        import asyncio, base64, os, socket, ssl, urllib.parse, websockets
                        async def main():
                            proxy = urllib.parse.urlsplit(os.environ['HTTPS_PROXY'])
                            words = base64.b64encode(f'{proxy.username}:{proxy.password}'.encode()).decode()
                            tunnel = socket.create_connection((proxy.hostname, proxy.port))
                            tunnel.sendall(f'CONNECT %1$s:443 HTTP/1.1\\r\\nHost: %1$s:443\\r\\nProxy-Authorization: Basic {words}\\r\\n\\r\\n'.encode())
                            assert b' 200 ' in tunnel.recv(4096)
                            trust = ssl.create_default_context(cafile=os.environ['SSL_CERT_FILE'])
                            async with websockets.connect('wss://%1$s/echo', sock=tunnel, ssl=trust, server_hostname='%1$s') as ws:
                                await ws.send('hello')
                                print(await ws.recv(), ws.extensions)
                                await (await ws.ping())
                            print(ws.close_code)
                        asyncio.run(main())
                        """
                                .formatted(HOST));
        assertThat(outcome.out()).as(outcome.all()).isEqualTo("hello []\n1000\n");
    }

    /** The page comes over HTTP/2, and so the WebSocket too. */
    @Test
    void chromium() throws Exception {
        Outcome page = Chromium.dump(sandbox, serve, "https://" + HOST + "/page");
        assertThat(page.out()).as(page.all()).containsAnyOf(">hello two<", ">seen two<");
    }
}
