package dev.unifiedproxy.audit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The audit log: a line of JSON for every exchange, written by one thread.
 *
 * <p>{@link #record} neither waits nor drops. What bounds the backlog is {@link #accepting}: when
 * it says no, new exchanges are to be refused, and those that run already are few. A disk that
 * cannot be written is tried again until it can; meanwhile nothing is accepted.
 */
public final class AuditLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    /** Records that are written with one call. */
    private static final int BATCH = 1_024;

    /** So many records more and the writer is woken before its time. */
    private static final int WAKE_EVERY = 4_096;

    /** How often a failing disk is tried at the end. */
    private static final int LAST_ATTEMPTS = 10;

    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final AuditSettings settings;
    private final AuditFile file;
    private final RecordEncoder encoder = new RecordEncoder();
    private final Queue<ExchangeRecord> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Thread writer;
    private volatile Optional<String> failure = Optional.empty();
    private volatile boolean stopping;
    private volatile boolean ended;

    /** Encoded, and not yet written to its end; the writer's own. */
    private ByteBuffer pending = ByteBuffer.allocate(0);

    private int pendingRecords;

    private AuditLog(AuditSettings settings, AuditFile file) {
        this.settings = settings;
        this.file = file;
        this.writer = Thread.ofPlatform().name("audit-writer").daemon().unstarted(this::run);
    }

    /**
     * Opens the log and starts its writer.
     *
     * @param clock names the files that are set aside
     * @throws IOException when the file cannot be written
     */
    public static AuditLog open(AuditSettings settings, InstantSource clock) throws IOException {
        AuditFile file = new AuditFile(settings, clock);
        file.open();
        AuditLog log = new AuditLog(settings, file);
        log.writer.start();
        return log;
    }

    /** Whether a new exchange may begin. */
    public boolean accepting() {
        return !stopping && waiting.get() < settings.backlog() && failure.isEmpty();
    }

    /** Takes a record; it is written within the flush interval. Never blocks. */
    public void record(ExchangeRecord exchange) {
        queue.add(exchange);
        if (waiting.incrementAndGet() % WAKE_EVERY == 0) {
            LockSupport.unpark(writer);
        }
        if (ended) {
            LOG.atError()
                    .addKeyValue("request_id", exchange.start().requestId())
                    .addKeyValue("container_id", exchange.start().containerId())
                    .log("Audit record lost: it came after the audit log was closed");
        }
    }

    /** How many records wait to be written. */
    public int backlog() {
        return waiting.get();
    }

    /** Why the log cannot be written at the moment; empty when it can. */
    public Optional<String> failure() {
        return failure;
    }

    /** Writes what waits, for at most five seconds, and ends the writer. */
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(writer);
        try {
            if (!writer.join(CLOSE)) {
                LOG.error("Audit log not closed within {}", CLOSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.error("Interrupted while the audit log was closed; its writer goes on");
        }
    }

    private void run() {
        try {
            while (!stopping) {
                writeWaiting();
                LockSupport.parkNanos(this, settings.flushInterval().toNanos());
            }
            writeLast();
        } catch (RuntimeException | Error e) {
            failure = Optional.of("The audit writer ended: " + e);
            LOG.error("The audit writer ended", e);
        } finally {
            ended = true;
        }
    }

    private void writeLast() {
        writeWaiting();
        for (int attempt = 1; failure.isPresent() && attempt < LAST_ATTEMPTS; attempt++) {
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(50));
            writeWaiting();
        }
        try {
            file.closeDurably();
        } catch (IOException e) {
            LOG.error("Audit log not synchronised with the disk: {}", e.toString());
        }
        if (backlog() > 0) {
            LOG.error("Audit records lost: {}", backlog());
        }
    }

    private void writeWaiting() {
        try {
            do {
                if (!pending.hasRemaining()) {
                    encodeNext();
                }
                file.write(pending);
                settled();
                file.rotateIfFull();
            } while (!queue.isEmpty());
            recovered();
        } catch (IOException e) {
            failed(e);
        }
    }

    private void encodeNext() {
        List<ExchangeRecord> batch = new ArrayList<>();
        ExchangeRecord next = queue.poll();
        while (next != null) {
            batch.add(next);
            next = batch.size() < BATCH ? queue.poll() : null;
        }
        if (!batch.isEmpty()) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(batch.size() * 512);
            encoder.encode(batch, bytes);
            pending = ByteBuffer.wrap(bytes.toByteArray());
            pendingRecords = batch.size();
        }
    }

    private void settled() {
        waiting.addAndGet(-pendingRecords);
        pendingRecords = 0;
    }

    private void recovered() {
        if (failure.isPresent()) {
            failure = Optional.empty();
            LOG.info("Audit log is written again");
        }
    }

    private void failed(IOException e) {
        String text = e.toString();
        if (failure.isEmpty()) {
            LOG.error("Audit log cannot be written, new exchanges are refused: {}", text);
        }
        failure = Optional.of(text);
    }
}
