package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Bodies flow with back-pressure: cases S-09, S-10, S-18. */
@Timeout(120)
class StreamingScenarioTest {
    private static final long MIB = 1024 * 1024;
    private static final long BODY = 64 * MIB;

    /** Socket buffers of four sockets on this machine, and what the proxy itself may hold. */
    private static final long IN_FLIGHT = 32 * MIB;

    private static final long GROWTH = 24 * MIB;
    private static final String HOST = "Host: api.anthropic.com\r\n";

    @RegisterExtension
    static final ProxyUnderTest PROXY = ProxyUnderTest.allowing("api.anthropic.com");

    @Test
    void eventArrivesBeforeTheNextIsSent() throws IOException {
        PROXY.upstream().script().closeGate();
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            tunnel.write("GET /sse HTTP/1.1\r\n" + HOST + "\r\n");
            tunnel.readUntil("data: first\n\n");
            PROXY.upstream().script().openGate();
            tunnel.readUntil("data: second\n\n");
        } finally {
            PROXY.upstream().script().openGate();
        }
    }

    @Test
    void slowReaderSlowsTheServerDown() throws Exception {
        PROXY.upstream().script().resetSent();
        long before = memory();
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            tunnel.write("GET /bytes/" + BODY + " HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(tunnel.readHead().firstLine()).contains(" 200 ");
            long sent = stalledAt(PROXY.upstream().script()::sent);
            assertThat(sent).isLessThan(IN_FLIGHT);
            assertThat(memory() - before).as("memory while it waits").isLessThan(GROWTH);
            tunnel.skip(BODY);
            tunnel.write("GET /after HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(tunnel.read().body()).contains("GET /after");
        }
        assertThat(PROXY.upstream().script().sent()).isEqualTo(BODY);
    }

    @Test
    void slowServerSlowsTheClientDown() throws Exception {
        PROXY.upstream().script().closeGate();
        AtomicLong written = new AtomicLong();
        long before = memory();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            tunnel.write(
                    "POST /stall HTTP/1.1\r\n" + HOST + "Content-Length: " + BODY + "\r\n\r\n");
            Future<Boolean> upload =
                    threads.submit(
                            () -> {
                                byte[] block = new byte[64 * 1024];
                                for (long at = 0; at < BODY; at += block.length) {
                                    block[0] = (byte) (at >> 16);
                                    digest.update(block);
                                    tunnel.write(block);
                                    written.addAndGet(block.length);
                                }
                                return true;
                            });
            assertThat(stalledAt(written::get)).isLessThan(IN_FLIGHT);
            assertThat(memory() - before).as("memory while it waits").isLessThan(GROWTH);
            PROXY.upstream().script().openGate();
            assertThat(upload.get()).isTrue();
            SeenRequest seen = PROXY.assertForwarded(tunnel.read());
            assertThat(seen.bodyBytes()).isEqualTo(BODY);
            assertThat(seen.bodySha256()).isEqualTo(HexFormat.of().formatHex(digest.digest()));
        }
    }

    @Test
    void trailersPass() throws IOException {
        Reply reply = PROXY.client().inside("api.anthropic.com", "GET /trailers");
        assertThat(reply.body()).isEqualTo("abc");
        assertThat(reply.trailers()).containsExactly(new Wire.Field("X-Checksum", "5"));
    }

    @Test
    void bodyThatEndsWithTheConnectionIsComplete() throws IOException {
        assertThat(PROXY.client().inside("api.anthropic.com", "GET /until-close").body())
                .isEqualTo("until the end");
    }

    @Test
    void bodyThatIsCutArrivesCut() {
        assertThatThrownBy(() -> PROXY.client().inside("api.anthropic.com", "GET /raw/cut"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void parallelClientsDoNotSeeEachOther() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> clients = new ArrayList<>();
            for (int client = 0; client < 50; client++) {
                int number = client;
                clients.add(() -> exchanges(number));
            }
            for (Future<Boolean> each : threads.invokeAll(clients)) {
                assertThat(each.get()).isTrue();
            }
        }
        assertThat(PROXY.upstream().seen())
                .hasSize(1_000)
                .allMatch(
                        seen ->
                                seen.all("x-api-key")
                                        .equals(List.of(Canaries.of("ANTHROPIC_API_KEY"))));
    }

    private static boolean exchanges(int client) throws Exception {
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            for (int i = 0; i < 20; i++) {
                String body = "client " + client + " request " + i;
                tunnel.write(
                        "POST /c%d/r%d HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n%s"
                                .formatted(client, i, HOST, body.length(), body));
                String digest =
                        HexFormat.of()
                                .formatHex(
                                        MessageDigest.getInstance("SHA-256")
                                                .digest(
                                                        body.getBytes(
                                                                java.nio.charset.StandardCharsets
                                                                        .US_ASCII)));
                assertThat(tunnel.read().body())
                        .contains("POST /c" + client + "/r" + i + " ", digest);
            }
        }
        return true;
    }

    /** The value at which a counter stands still. */
    static long stalledAt(LongSupplier counter) {
        AtomicLong last = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(400))
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> {
                            long now = counter.getAsLong();
                            return now > 0 && last.getAndSet(now) == now;
                        });
        return last.get();
    }

    static long memory() {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long direct =
                ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                        ? provider.metric().usedDirectMemory()
                        : 0;
        return heap + direct;
    }
}
