package dev.unifiedproxy.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Bodies that nobody reads pass through: they do not stay, and a slow end slows the other. */
@Timeout(300)
class StreamingMemoryScenarioTest {
    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;
    private static final long ALLOWED_GROWTH = 64 * MIB;
    private static final Duration STALL = Duration.ofSeconds(1);

    /** What four socket buffers of this machine's kernel can hold, and the proxy's own few. */
    private static final long IN_FLIGHT = 24 * MIB;

    @TempDir Path directory;
    private StandIn internet;
    private ServeProcess serve;
    private Map<String, String> sandbox;

    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong lastProgress = new AtomicLong();

    @BeforeEach
    void start() throws Exception {
        internet = new StandIn(directory.resolve("internet"));
        internet.serve("files.example", this::answer);
        Path config = Files.createDirectory(directory.resolve("config"));
        Files.writeString(config.resolve("allowlist.conf"), "files.example\n");
        serve = ServeProcess.start(directory, internet.settings());
        sandbox = serve.register("sandbox-1", "127.0.0.1");
    }

    @AfterEach
    void stop() throws Exception {
        serve.close();
        internet.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestMethod().equals("PUT")) {
                receive(exchange);
            } else {
                send(exchange, Long.parseLong(exchange.getRequestURI().getPath().substring(1)));
            }
        }
    }

    private void send(HttpExchange exchange, long size) throws IOException {
        byte[] piece = new byte[64 * 1024];
        exchange.sendResponseHeaders(200, size);
        OutputStream out = exchange.getResponseBody();
        for (long left = size; left > 0; left -= piece.length) {
            out.write(piece);
            sent.addAndGet(piece.length);
            lastProgress.set(System.nanoTime());
        }
    }

    private void receive(HttpExchange exchange) throws IOException {
        byte[] piece = new byte[64 * 1024];
        InputStream in = exchange.getRequestBody();
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
            received.addAndGet(n);
        }
        byte[] answer = "got it\n".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
    }

    private void download(long size) throws Exception {
        Outcome outcome =
                Outcome.of(
                        directory,
                        sandbox,
                        List.of(
                                "curl",
                                "-sS",
                                "-f",
                                "-o",
                                "/dev/null",
                                "-w",
                                "%{size_download}",
                                "https://files.example/" + size));
        assertThat(outcome.status()).as(outcome.all()).isZero();
        assertThat(outcome.out()).isEqualTo(String.valueOf(size));
    }

    private void upload(long size) throws Exception {
        Path file = directory.resolve("upload");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(size);
        }
        received.set(0);
        Outcome outcome =
                Outcome.of(
                        directory,
                        sandbox,
                        List.of(
                                "curl",
                                "-sS",
                                "-f",
                                "-T",
                                file.toString(),
                                "https://files.example/upload"));
        assertThat(outcome.all()).isEqualTo("got it\n");
        assertThat(received).hasValue(size);
    }

    @Test
    void aGibibyteInEachDirectionLeavesNoTrace() throws Exception {
        download(64 * MIB);
        upload(64 * MIB);
        long before = serve.residentBytes();

        download(GIB);
        long afterDownload = serve.residentBytes();
        upload(GIB);
        long afterUpload = serve.residentBytes();

        System.out.printf(
                "resident: %d MiB, after the download %d MiB, after the upload %d MiB%n",
                before / MIB, afterDownload / MIB, afterUpload / MIB);
        assertThat(afterDownload - before).isLessThan(ALLOWED_GROWTH);
        assertThat(afterUpload - before).isLessThan(ALLOWED_GROWTH);
    }

    @Test
    void aReaderThatPausesStopsTheSender() throws Exception {
        long size = 256 * MIB;
        ProcessBuilder builder =
                new ProcessBuilder("curl", "-sS", "-f", "https://files.example/" + size);
        builder.environment().clear();
        builder.environment().putAll(sandbox);
        // Nobody reads the pipe, so curl stops reading too.
        Process curl = builder.start();
        await().atMost(Duration.ofSeconds(60)).until(this::senderIsStopped);
        long whileNobodyRead = sent.get();

        assertThat(whileNobodyRead).isLessThan(IN_FLIGHT);
        long read = 0;
        byte[] piece = new byte[64 * 1024];
        try (InputStream out = curl.getInputStream()) {
            for (int n = out.read(piece); n >= 0; n = out.read(piece)) {
                read += n;
            }
        }
        assertThat(curl.waitFor()).isZero();
        assertThat(read).isEqualTo(size);
        System.out.printf("sent while nobody read: %d KiB%n", whileNobodyRead / 1024);
    }

    private boolean senderIsStopped() {
        return sent.get() > 0 && System.nanoTime() - lastProgress.get() > STALL.toNanos();
    }
}
