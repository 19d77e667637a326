package dev.unifiedproxy.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.control.ControlClient;
import dev.unifiedproxy.control.ControlException;
import dev.unifiedproxy.control.Health;
import dev.unifiedproxy.control.NewRegistration;
import dev.unifiedproxy.control.RegisteredContainer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is left of the registry after the worst that can happen to the process and its files, and
 * what health says of it ({@code ProcessHealth}).
 */
@Timeout(300)
class DurabilityScenarioTest {
    private static final int REGISTRATIONS = 1000;
    private static final int CLIENTS = 8;

    @TempDir Path directory;

    private ControlClient client(ServeProcess serve) {
        return new ControlClient(serve.socket(), Duration.ofSeconds(30), System::nanoTime);
    }

    private static Set<String> ids(List<RegisteredContainer> containers) {
        return containers.stream().map(RegisteredContainer::id).collect(Collectors.toSet());
    }

    @Test
    void aKillDuringRegistrationsLosesNoneThatWasAnswered() throws Exception {
        Map<String, String> settings =
                Map.of("RATE_LIMIT_REQUESTS", "100000", "RATE_LIMIT_WINDOW", "1.0");
        Set<String> answered = ConcurrentHashMap.newKeySet();
        AtomicInteger next = new AtomicInteger();
        for (int killAt : new int[] {120, 470, 910}) {
            try (ServeProcess serve = ServeProcess.start(directory, settings)) {
                assertThat(ids(client(serve).containers())).containsAll(answered);
                List<Thread> clients = register(serve, next, answered);
                await().atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> answered.size() >= killAt);
                serve.kill();
                for (Thread thread : clients) {
                    thread.join();
                }
            }
        }
        try (ServeProcess serve = ServeProcess.start(directory, settings)) {
            for (Thread thread : register(serve, next, answered)) {
                thread.join();
            }
            assertThat(answered).hasSizeGreaterThan(REGISTRATIONS - 4 * CLIENTS);
            assertThat(ids(client(serve).containers())).containsAll(answered);
            assertThat(client(serve).health().status()).isEqualTo("healthy");
        }
    }

    /** Each client goes on until all are registered or the proxy answers no more. */
    private List<Thread> register(ServeProcess serve, AtomicInteger next, Set<String> answered) {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(
                    Thread.ofPlatform()
                            .start(() -> registerUntilNobodyAnswers(serve, next, answered)));
        }
        return clients;
    }

    private void registerUntilNobodyAnswers(
            ServeProcess serve, AtomicInteger next, Set<String> answered) {
        ControlClient client = client(serve);
        for (int i = next.getAndIncrement(); i < REGISTRATIONS; i = next.getAndIncrement()) {
            String id = "sandbox-" + i;
            try {
                client.register(
                        new NewRegistration(
                                id,
                                "10.1." + i / 250 + "." + (i % 250 + 1),
                                Duration.ofDays(1),
                                Map.of("number", i)));
            } catch (ControlException e) {
                // Nobody answered: the registration may be there or not.
                return;
            }
            answered.add(id);
        }
    }

    @Test
    void aDamagedRegistryIsSetAsideAndServiceGoesOn() throws Exception {
        try (ServeProcess serve = ServeProcess.start(directory, Map.of())) {
            serve.register("sandbox-1", "127.0.0.1");
            assertThat(serve.stop()).isZero();
        }
        Path database = directory.resolve("state").resolve("registry.db");
        try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
            file.write("no database ".repeat(9).substring(0, 100).getBytes(StandardCharsets.UTF_8));
        }
        try (ServeProcess serve = ServeProcess.start(directory, Map.of())) {
            Health health = client(serve).health();
            assertThat(health.status()).isEqualTo("degraded");
            assertThat(setAside()).singleElement().asString().contains("registry.db.corrupt-");
            assertThat(serve.log())
                    .contains("registry.db.corrupt-")
                    .contains("file is not a database");
            serve.register("sandbox-2", "127.0.0.1");
            assertThat(ids(client(serve).containers())).containsExactly("sandbox-2");
            assertThat(serve.stop()).isZero();
        }
    }

    private List<Path> setAside() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("state"))) {
            return files.filter(file -> file.toString().contains(".corrupt-"))
                    .filter(file -> !file.toString().matches(".*-(wal|shm)"))
                    .toList();
        }
    }

    @Test
    void aTicketOutlivesTheRegistry() throws Exception {
        try (StandIn internet = new StandIn(directory.resolve("internet"))) {
            internet.serve(
                    "files.example",
                    exchange -> {
                        try (exchange) {
                            exchange.sendResponseHeaders(204, -1);
                        }
                    });
            Path config = Files.createDirectory(directory.resolve("config"));
            Files.writeString(config.resolve("allowlist.conf"), "files.example\n");
            Map<String, String> settings = new TreeMap<>(internet.settings());
            Map<String, String> withTicket;
            try (ServeProcess serve = ServeProcess.start(directory, settings)) {
                withTicket = serve.register("sandbox-1", "127.0.0.1");
                serve.register("sandbox-2", "127.0.0.3");
                assertThat(status(withTicket, "127.0.0.1")).isEqualTo("200 204");
                assertThat(status(withoutTicket(withTicket), "127.0.0.3")).isEqualTo("200 204");
                settings.put("PROXY_PORT", String.valueOf(serve.port()));
                assertThat(serve.stop()).isZero();
            }
            deleteRegistry();
            try (ServeProcess serve = ServeProcess.start(directory, settings)) {
                assertThat(client(serve).health().containersRegistered()).isZero();
                assertThat(status(withoutTicket(withTicket), "127.0.0.3")).isEqualTo("403 000");
                assertThat(status(withTicket, "127.0.0.3")).isEqualTo("403 000");
                assertThat(status(withTicket, "127.0.0.1")).isEqualTo("200 204");
                assertThat(ids(client(serve).containers())).containsExactly("sandbox-1");
                assertThat(serve.log()).contains("Unknown source IP: 127.0.0.3");
            }
        }
    }

    private void deleteRegistry() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("state"))) {
            for (Path file : files.toList()) {
                if (file.toString().contains("registry.db")) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Map<String, String> withoutTicket(Map<String, String> sandbox) {
        Map<String, String> without = new TreeMap<>(sandbox);
        without.computeIfPresent("https_proxy", (_, url) -> url.replaceFirst("//[^@]*@", "//"));
        without.remove("HTTPS_PROXY");
        return without;
    }

    /** The status of CONNECT and that of the request inside, which is 000 when there is none. */
    private String status(Map<String, String> sandbox, String from) throws Exception {
        return Outcome.of(
                        directory,
                        sandbox,
                        List.of(
                                "curl",
                                "-s",
                                "--interface",
                                from,
                                "-w",
                                "%{http_connect} %{http_code}",
                                "https://files.example/"))
                .out();
    }
}
