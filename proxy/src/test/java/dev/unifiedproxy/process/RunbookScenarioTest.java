package dev.unifiedproxy.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The commands of the operators' runbook that need no container engine, as they stand there, with
 * the directories of this test in the place of the image's; the metrics are those of {@code
 * MetricsListener}. ({@code CredentialStart} says which credentials there are.)
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class RunbookScenarioTest {
    private static final String READY =
            "test -f $RUN/ready && echo \"Ready\" || echo \"Not ready\"";
    private static final String EXPORT =
            "sqlite3 -header -csv $STATE/registry.db \"SELECT container_id, ip_address,"
                    + " datetime(registered_at, 'unixepoch') as registered, ttl_seconds FROM"
                    + " containers;\"";
    private static final String REGISTER =
            "curl -s -X POST --unix-socket $RUN/internal.sock -H \"Content-Type: application/json\""
                + " -d '{\"container_id\":\"sandbox-123\",\"ip_address\":\"172.17.0.2\",\"ttl_seconds\":86400}'"
                + " -w '\\n"
                + "%{http_code}' http://localhost/internal/containers";

    private Path directory;
    private StandIn internet;
    private ServeProcess serve;
    private Map<String, String> operator;
    private Map<String, String> sandbox;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        internet = new StandIn(directory.resolve("internet"));
        internet.serve(
                "api.anthropic.com",
                exchange -> {
                    try (exchange) {
                        byte[] body = {'o', 'k'};
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                    }
                });
        Path config = Files.createDirectory(directory.resolve("config"));
        Files.writeString(
                config.resolve("allowlist.conf"), "github.com github\napi.anthropic.com ai\n");
        Map<String, String> settings = new TreeMap<>(internet.settings());
        settings.put("ANTHROPIC_API_KEY", "sk-ant-canary-1c9");
        settings.put("GITHUB_TOKEN", "ghp_canary-77d");
        settings.put("RATE_LIMIT_REQUESTS", "1000");
        serve = ServeProcess.start(directory, settings);
        operator = operator();
        sandbox = serve.register("sandbox-1", "127.0.0.1");
        sandbox.putAll(operator);
    }

    private Map<String, String> operator() throws Exception {
        return new TreeMap<>(
                Map.of(
                        "PATH", System.getenv("PATH") + ":/usr/sbin:/sbin",
                        "HOME", directory.toString(),
                        "RUN", serve.run().toString(),
                        "STATE", serve.state().toString(),
                        "CERTS", serve.certificates().toString(),
                        "CONFIG", directory.resolve("config").toString(),
                        "LOG", serve.logFile().toString(),
                        "PORT", String.valueOf(serve.port()),
                        "METRICS", String.valueOf(serve.metricsPort())));
    }

    @AfterAll
    void stop() throws Exception {
        assertThat(serve.stop()).isZero();
        assertThat(shell(READY).out()).isEqualTo("Not ready\n");
        assertThat(serve.log()).doesNotContain("canary");
        internet.close();
    }

    private Outcome shell(String command) throws Exception {
        return shell(operator, command);
    }

    private Outcome shell(Map<String, String> environment, String command) throws Exception {
        Outcome outcome = Outcome.of(directory, environment, List.of("bash", "-c", command));
        assertThat(outcome.all()).doesNotContain("canary");
        return outcome;
    }

    @Test
    void readinessAndListener() throws Exception {
        assertThat(shell(READY).out()).isEqualTo("Ready\n");
        Outcome listener = shell("ss -tlnp | grep $PORT");
        assertThat(listener.status()).isZero();
        assertThat(listener.out().lines().toList())
                .singleElement()
                .asString()
                .startsWith("LISTEN")
                .contains(":" + serve.port());
    }

    @Test
    void theDatabase() throws Exception {
        assertThat(shell(REGISTER).out()).endsWith("\n201");
        assertThat(shell("ls $STATE").out().lines())
                .contains("registry.db", "registry.db-wal", "registry.db-shm");
        assertThat(shell("sqlite3 $STATE/registry.db \"PRAGMA integrity_check;\"").out())
                .isEqualTo("ok\n");
        assertThat(shell("sqlite3 $STATE/registry.db \"PRAGMA wal_checkpoint(TRUNCATE);\"").out())
                .isEqualTo("0|0|0\n");
        Path log = serve.state().resolve("registry.db-wal");
        assertThat(Files.notExists(log) || Files.size(log) == 0).isTrue();
        assertThat(shell(EXPORT).out().lines())
                .startsWith("container_id,ip_address,registered,ttl_seconds")
                .anyMatch(
                        line ->
                                line.matches(
                                        "sandbox-123,172\\.17\\.0\\.2,\"[0-9]{4}-[0-9]{2}-[0-9]{2}"
                                                + " [0-9]{2}:[0-9]{2}:[0-9]{2}\",86400"));
        assertThat(
                        shell(
                                        "sqlite3 $STATE/registry.db \"SELECT count(*) FROM"
                                            + " sqlite_master WHERE type = 'index' AND tbl_name ="
                                            + " 'containers' AND sql IS NOT NULL;\"")
                                .out())
                .isEqualTo("2\n");
        // The proxy goes on over a checkpoint that was not its own.
        assertThat(shell(REGISTER).out()).endsWith("\n201");
    }

    @Test
    void theManualRegistrationAndTheListOfContainers() throws Exception {
        for (int time = 1; time <= 2; time++) {
            String answer = shell(REGISTER).out();
            assertThat(answer).endsWith("\n201");
            assertThat(
                            json(
                                    answer.substring(0, answer.lastIndexOf('\n')),
                                    "d['status'], d['container']['container_id'],"
                                            + " d['container']['ttl_seconds'],"
                                            + " d['container']['metadata']"))
                    .isEqualTo("registered sandbox-123 86400 None");
        }
        String list =
                shell(
                                "curl -s --unix-socket $RUN/internal.sock"
                                        + " http://localhost/internal/containers")
                        .out();
        assertThat(json(list, "d['status'], d['count'] == len(d['containers']), d['count'] >= 2"))
                .isEqualTo("ok True True");
        assertThat(list).doesNotContain("ticket");
    }

    /** What jq would show: python3 is on every machine that builds this. */
    private String json(String text, String expression) throws Exception {
        Map<String, String> environment = new TreeMap<>(operator);
        environment.put("TEXT", text);
        Outcome outcome =
                shell(
                        environment,
                        "python3 -c \"import json, os; d = json.loads(os.environ['TEXT']); print("
                                + expression
                                + ")\"");
        assertThat(outcome.err()).isEmpty();
        return outcome.out().strip();
    }

    @Test
    void theStartOfTheLog() throws Exception {
        assertThat(shell("cat $LOG | head -50").out())
                .containsSubsequence(
                        "Unified Proxy starting...",
                        "CA certificate",
                        "Configuration validated successfully",
                        "Internal API socket ready",
                        "Listening: proxy on 127.0.0.1 port " + serve.port(),
                        "Readiness marker created at " + serve.run().resolve("ready"));
    }

    @Test
    void theCertificates() throws Exception {
        assertThat(shell("ls -la $CERTS").out())
                .contains("mitmproxy-ca.pem", "ca-certificates.crt")
                .doesNotContain("key");
        assertThat(shell("cat $CERTS/mitmproxy-ca.pem | head -3").out())
                .startsWith("-----BEGIN CERTIFICATE-----\n");
        Outcome keys = shell("grep -r 'PRIVATE KEY' $CERTS");
        assertThat(keys).isEqualTo(new Outcome(1, "", ""));
    }

    @Test
    void theProxyIsNoDestinationAndAStrangerIsAStranger() throws Exception {
        Outcome registered = shell("curl -sv http://127.0.0.1:$PORT/");
        assertThat(registered.err()).contains("Connected to", "< HTTP/1.1 403");
        assertThat(registered.out()).contains("http.not_a_destination");
        Outcome stranger = shell("curl -sv --interface 127.0.0.9 http://127.0.0.1:$PORT/");
        assertThat(stranger.err()).contains("< HTTP/1.1 403");
        assertThat(stranger.out())
                .contains("identity.unknown_container")
                .containsIgnoringCase("unknown container");
    }

    @Test
    void theLogTellsOfCredentialsAndRefusals() throws Exception {
        assertThat(shell(sandbox, "curl -s -f https://api.anthropic.com/v1/models").out())
                .isEqualTo("ok");
        assertThat(shell(sandbox, "curl -sv https://evil.example/secret 2>&1").out())
                .contains("403");
        assertThat(shell("cat $LOG 2>&1 | grep -i \"credential\\|inject\" | head -50").out())
                .contains(
                        "Loaded credential for api.github.com from GITHUB_TOKEN",
                        "Loaded credential for api.anthropic.com from ANTHROPIC_API_KEY",
                        "Injected ");
        assertThat(
                        shell("cat $LOG 2>&1 | grep -i \"policy\\|blocked\\|denied\" | tail -20")
                                .out()
                                .lines())
                .anySatisfy(
                        line ->
                                assertThat(line)
                                        .contains(
                                                "DENY",
                                                "CONNECT",
                                                "evil.example",
                                                "sandbox-1",
                                                "not in allowlist"));
    }

    @Test
    void theAllowlist() throws Exception {
        assertThat(shell("cat $CONFIG/allowlist.conf | grep github.com").out())
                .isEqualTo("github.com github\n");
        assertThat(shell("cat $CONFIG/allowlist.conf | grep evil.example").status()).isEqualTo(1);
    }

    @Test
    void theMetrics() throws Exception {
        // The address of this test's sandbox would be shown that sandbox's series only.
        assertThat(
                        shell(
                                        "curl -s --interface 127.0.0.10"
                                                + " http://127.0.0.1:$METRICS/internal/metrics")
                                .out())
                .contains("# TYPE ", "# HELP ");
    }
}
