package dev.unifiedproxy.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How the process ends: drained, at once, or before it began. Covers what {@code InProcessServer}
 * starts: {@code ProxyServer}, its {@code Shutdown}, and what becomes of a {@code
 * StartupException}.
 */
@Timeout(300)
class SignalsScenarioTest {
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final List<String> CURL = List.of("curl", "-sS", "-f", "https://slow.example/");

    @TempDir Path directory;

    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch mayAnswer = new CountDownLatch(1);

    /** Starts an answer, and ends it only when the test says so. */
    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write('o');
            exchange.getResponseBody().flush();
            arrived.countDown();
            if (mayAnswer.await(60, TimeUnit.SECONDS)) {
                exchange.getResponseBody().write('k');
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ServeProcess start(StandIn internet) throws Exception {
        internet.serve("slow.example", this::answer);
        Path config = Files.createDirectory(directory.resolve("config"));
        Files.writeString(config.resolve("allowlist.conf"), "slow.example\n");
        return ServeProcess.start(directory, internet.settings());
    }

    private static boolean accepts(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1000);
            return true;
        } catch (java.net.ConnectException e) {
            return false;
        }
    }

    @Test
    void aTermSignalLetsTheExchangeInProgressFinish() throws Exception {
        try (StandIn internet = new StandIn(directory.resolve("internet"));
                ServeProcess serve = start(internet)) {
            Map<String, String> sandbox = serve.register("sandbox-1", "127.0.0.1");
            int port = serve.port();
            Path out = directory.resolve("curl.out");
            Process curl = Outcome.start(directory, sandbox, CURL, out);
            assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();

            serve.signal("TERM");
            await().atMost(DRAIN).pollInterval(Duration.ofMillis(2)).until(() -> !accepts(port));
            assertThat(serve.isReady()).as("marker after the listener closed").isFalse();
            assertThat(serve.isAlive()).isTrue();
            assertThat(curl.isAlive()).isTrue();

            mayAnswer.countDown();
            assertThat(Outcome.end(curl, out, CURL)).isEqualTo(new Outcome(0, "ok", ""));
            assertThat(serve.exitStatus(DRAIN)).isZero();
            assertThat(serve.log()).contains("Received shutdown signal, cleaning up...");
            assertThat(serve.log().strip().lines().reduce((_, last) -> last).orElse(""))
                    .contains("Cleanup complete");
            assertThat(serve.run().toFile().list()).containsExactly("lock");
        }
    }

    @Test
    void anIdleProxyEndsAtOnce() throws Exception {
        try (StandIn internet = new StandIn(directory.resolve("internet"));
                ServeProcess serve = start(internet)) {
            serve.signal("TERM");
            assertThat(serve.exitStatus(DRAIN)).isZero();
        }
    }

    @Test
    void aSecondSignalEndsItWithoutWaiting() throws Exception {
        try (StandIn internet = new StandIn(directory.resolve("internet"));
                ServeProcess serve = start(internet)) {
            Map<String, String> sandbox = serve.register("sandbox-1", "127.0.0.1");
            Path out = directory.resolve("curl.out");
            Process curl = Outcome.start(directory, sandbox, CURL, out);
            assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();

            serve.signal("TERM");
            await().atMost(DRAIN).until(() -> !serve.isReady());
            assertThat(serve.isAlive()).isTrue();
            serve.signal("TERM");
            assertThat(serve.exitStatus(DRAIN.dividedBy(2))).isEqualTo(130);

            assertThat(Outcome.end(curl, out, CURL).status()).isNotZero();
            mayAnswer.countDown();
        }
    }

    @Test
    void aHangUpReadsThePolicyAgain() throws Exception {
        Path config = Files.createDirectory(directory.resolve("config"));
        Path file = Files.writeString(config.resolve("allowlist.conf"), "a.example\n");
        try (ServeProcess serve = ServeProcess.start(directory, Map.of())) {
            serve.signal("HUP");
            await().atMost(DRAIN).until(() -> serve.log().split("loaded from", -1).length - 1 == 2);
            Files.writeString(file, "a/b\n");
            serve.signal("HUP");
            await().atMost(DRAIN)
                    .until(() -> serve.log().contains("policy is not used: " + file + ":1:1: "));
            assertThat(serve.isAlive()).isTrue();
            assertThat(serve.stop()).isZero();
        }
    }

    @Test
    void settingsThatCannotBeAreAllNamed() throws Exception {
        try (ServeProcess serve =
                ServeProcess.launch(
                        directory,
                        Map.of(
                                "PROXY_PORT", "eighty",
                                "PROXY_PROT", "80",
                                "METRICS_BIND", "localhost",
                                "RATE_LIMIT_WINDOW", "0",
                                "PROXY_HOSTS_FILE", directory.resolve("missing").toString()))) {
            assertThat(serve.exitStatus(DRAIN)).isEqualTo(78);
            assertThat(serve.log())
                    .contains("PROXY_PORT: 'eighty' (expected: a number from 0 to 65535)")
                    .contains("PROXY_PROT: is not a setting (did you mean PROXY_PORT?)")
                    .contains("METRICS_BIND: 'localhost'")
                    .contains("RATE_LIMIT_WINDOW: '0'")
                    .contains("PROXY_HOSTS_FILE: '" + directory.resolve("missing") + "'");
        }
    }

    @Test
    void anAllowlistThatCannotBeReadIsAConfigurationToo() throws Exception {
        Path config = Files.createDirectory(directory.resolve("config"));
        Path file = config.resolve("allowlist.conf");
        Files.writeString(file, "github.com\n*evil.example\ngithub.com:0\n");
        try (ServeProcess serve = ServeProcess.launch(directory, Map.of())) {
            assertThat(serve.exitStatus(Duration.ofSeconds(60))).isEqualTo(78);
            assertThat(serve.log()).contains(file + ":2:1", file + ":3:");
            assertThat(serve.isReady()).isFalse();
        }
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServeProcess first = ServeProcess.start(directory.resolve("first"), Map.of());
                ServeProcess second =
                        ServeProcess.launch(
                                directory.resolve("second"),
                                Map.of("PROXY_PORT", String.valueOf(first.port())))) {
            assertThat(second.exitStatus(Duration.ofSeconds(60))).isEqualTo(78);
            assertThat(second.log())
                    .contains(
                            "PROXY_BIND, PROXY_PORT: 127.0.0.1:"
                                    + first.port()
                                    + " cannot be listened on: ")
                    .contains("Address already in use")
                    .doesNotContain("\tat ");
            assertThat(second.isReady()).isFalse();
            assertThat(first.isReady()).isTrue();
        }
    }

    @Test
    void twoProxiesDoNotShareOneDirectory() throws Exception {
        try (ServeProcess first = ServeProcess.start(directory, Map.of())) {
            String ports = Files.readString(first.run().resolve("ports.json"));
            Outcome second = first.serveAgain();
            assertThat(second.status()).as(second.all()).isEqualTo(78);
            assertThat(Files.readString(first.run().resolve("ports.json"))).isEqualTo(ports);
            assertThat(first.isReady()).isTrue();
            assertThat(first.command("container", "list").status()).isZero();
        }
    }
}
