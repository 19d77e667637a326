package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** The policy changes under load: no request is lost, and none meets half a policy. Case E-10. */
@Timeout(180)
class PolicyReloadScenarioTest {
    private static final int CLIENTS = 32;
    private static final int REQUESTS = 8_000;
    private static final int PER_SECOND = 2_000;

    /** Of each version, one of these hosts is allowed and the other is not. */
    private static final String LEFT = "both.example\nleft.example\n!right.example\n";

    private static final String RIGHT = "both.example\nright.example\n!left.example\n";

    /** What the proxy starts with. */
    private static final String FIRST = "both.example\n";

    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing("both.example")
                    .resolving("left.example", "right.example")
                    .setting("LOG_LEVEL", "ERROR");

    private static void replace(String text) throws IOException {
        Path file = PROXY.configFile("allowlist.conf");
        Path fresh = Files.writeString(file.resolveSibling("fresh"), text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String version() throws Exception {
        return PROXY.metrics("127.0.0.1")
                .lines()
                .filter(line -> line.startsWith("proxy_policy_info{version="))
                .findFirst()
                .orElseThrow();
    }

    private static String load(String text) throws Exception {
        String before = version();
        replace(text);
        PROXY.proxy().reloadPolicy();
        await().atMost(Duration.ofSeconds(20)).until(() -> !version().equals(before));
        return version().replaceAll(".*\"([0-9a-f]+)\".*", "$1");
    }

    /** Sends its share at its pace, and makes up for what it is late. */
    private static Map<Integer, Integer> send(int client, long start) throws IOException {
        Map<Integer, Integer> statuses = new HashMap<>();
        try (Connection connection = PROXY.client().connect()) {
            for (int i = client; i < REQUESTS; i += CLIENTS) {
                long due = start + TimeUnit.SECONDS.toNanos(1) * i / PER_SECOND;
                LockSupport.parkNanos(due - System.nanoTime());
                String host = List.of("left.example", "both.example", "right.example").get(i % 3);
                connection.write("GET http://" + host + "/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
                statuses.merge(connection.read().status(), 1, Integer::sum);
            }
        }
        return statuses;
    }

    private static boolean allowed(JsonNode record) {
        return record.path("outcome").asString("").equals("allowed");
    }

    @Test
    void noRequestIsLostAndNoneMeetsHalfAPolicy() throws Exception {
        String left = load(LEFT);
        String right = load(RIGHT);
        int earlier = PROXY.records().size();
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            long start = System.nanoTime();
            List<Future<Map<Integer, Integer>>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                clients.add(threads.submit(() -> send(client, start)));
            }
            Callable<Integer> swaps =
                    () -> {
                        int count = 0;
                        while (!done.get()) {
                            load(++count % 2 == 0 ? RIGHT : LEFT);
                        }
                        return count;
                    };
            Future<Integer> swapped = threads.submit(swaps);
            Map<Integer, Integer> statuses = new HashMap<>();
            for (Future<Map<Integer, Integer>> client : clients) {
                client.get().forEach((status, n) -> statuses.merge(status, n, Integer::sum));
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            done.set(true);
            System.out.printf(
                    "%d requests in %d ms over %d policies: %s%n",
                    REQUESTS, millis, swapped.get(), statuses);
            assertThat(swapped.get()).isGreaterThan(4);
            assertThat(statuses).containsOnlyKeys(200, 403);
            assertThat(statuses.values().stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(REQUESTS);
        }
        await().atMost(Duration.ofSeconds(20))
                .until(() -> PROXY.records().size() >= earlier + REQUESTS);
        List<JsonNode> records = PROXY.records().subList(earlier, PROXY.records().size());
        assertThat(records).hasSize(REQUESTS);
        assertThat(
                        records.stream()
                                .map(record -> record.path("policy_version").asString(""))
                                .collect(Collectors.toSet()))
                .isEqualTo(Set.of(left, right));
        for (JsonNode record : records) {
            boolean byLeft = record.path("policy_version").asString("").equals(left);
            boolean expected =
                    switch (record.path("host").asString("")) {
                        case "left.example" -> byLeft;
                        case "right.example" -> !byLeft;
                        default -> true;
                    };
            assertThat(allowed(record)).as("%s", record).isEqualTo(expected);
        }
    }

    @Test
    void healthNamesTheFileAndTheLine() throws Exception {
        replace("both.example\nhttps://x/\n");

        await().atMost(Duration.ofSeconds(20))
                .until(() -> PROXY.control().health().status().equals("degraded"));
        assertThat(PROXY.client().get("http://both.example/").status()).isEqualTo(200);
        assertThat(PROXY.log())
                .contains(
                        "The changed policy is not used: "
                                + PROXY.configFile("allowlist.conf")
                                + ":2:1: ");

        replace(FIRST);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> PROXY.control().health().status().equals("healthy"));
    }
}
