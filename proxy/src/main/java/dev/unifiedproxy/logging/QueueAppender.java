package dev.unifiedproxy.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Hands lines to one writer over a bounded queue.
 *
 * <p>When the output does not keep up, details go first: TRACE and DEBUG are dropped from three
 * quarters of the capacity on, INFO from seven eighths on, WARN and ERROR when it is full. Nobody
 * waits: event loops log too. How many were dropped is logged when there is room again.
 */
final class QueueAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** Lines that may wait. */
    static final int CAPACITY = 8_192;

    private static final Duration CLOSE = Duration.ofSeconds(2);

    /** How long the writer gathers lines after it has written some. */
    private static final long GATHER_NANOS = 2_000_000;

    private final LineEncoder encoder;
    private final boolean withLocation;
    private final int capacity;
    private final OutputStream out;
    private final Queue<Entry> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private final CallerFrames callers = new CallerFrames();
    private final LineBuffer buffer = new LineBuffer();
    private final Thread writer;
    private long droppedReported;

    /** The writer sleeps and has to be woken. */
    private volatile boolean idle;

    private volatile boolean stopping;

    QueueAppender(LineEncoder encoder, boolean withLocation, int capacity, OutputStream out) {
        this.encoder = encoder;
        this.withLocation = withLocation;
        this.capacity = capacity;
        this.out = out;
        this.writer = Thread.ofPlatform().name("log-writer").daemon().unstarted(this::run);
    }

    @Override
    public void start() {
        super.start();
        writer.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (!admit(event.getLevel())) {
            dropped.increment();
            return;
        }
        // Formats and keeps it: the arguments may have changed when the writer comes to it.
        event.getFormattedMessage();
        queue.add(new Entry(event, withLocation ? callers.of(event) : null));
        if (idle || waiting.get() == capacity / 2) {
            idle = false;
            LockSupport.unpark(writer);
        }
    }

    private boolean admit(Level level) {
        if (level.isGreaterOrEqual(Level.WARN)) {
            return takePlace(capacity);
        }
        return takePlace(level.isGreaterOrEqual(Level.INFO) ? capacity / 8 * 7 : capacity / 4 * 3);
    }

    private boolean takePlace(int limit) {
        if (waiting.incrementAndGet() <= limit) {
            return true;
        }
        waiting.decrementAndGet();
        return false;
    }

    long dropped() {
        return dropped.sum();
    }

    /** Writes what waits and ends the writer. */
    @Override
    public void stop() {
        super.stop();
        stopping = true;
        LockSupport.unpark(writer);
        try {
            if (!writer.join(CLOSE)) {
                addError("Log lines not written within " + CLOSE + ": " + waiting.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            addError("Interrupted while the log was closed", e);
        }
    }

    private void run() {
        boolean last;
        do {
            last = stopping;
            writeWaiting();
            if (!last) {
                pause();
            }
        } while (!last);
    }

    private void pause() {
        LockSupport.parkNanos(this, GATHER_NANOS);
        if (!queue.isEmpty() || stopping) {
            return;
        }
        idle = true;
        if (queue.isEmpty() && !stopping) {
            LockSupport.park(this);
        }
        idle = false;
    }

    private void writeWaiting() {
        Entry next = queue.poll();
        while (next != null) {
            waiting.decrementAndGet();
            encode(next);
            if (buffer.isFull()) {
                write();
            }
            next = queue.poll();
        }
        reportDropped();
        write();
    }

    private void encode(Entry entry) {
        int start = buffer.length();
        try {
            encoder.encode(entry, buffer);
        } catch (RuntimeException e) {
            // Some value cannot be printed. The line is lost, not the log.
            buffer.cutTo(start);
            dropped.increment();
            addError("A log line could not be encoded", e);
        }
    }

    private void reportDropped() {
        long now = dropped();
        if (now == droppedReported || !(getContext() instanceof LoggerContext context)) {
            return;
        }
        String text = "Log lines dropped: " + (now - droppedReported);
        droppedReported = now;
        encode(
                new Entry(
                        new LoggingEvent(
                                QueueAppender.class.getName(),
                                context.getLogger(QueueAppender.class),
                                Level.WARN,
                                text,
                                null,
                                null),
                        null));
    }

    private void write() {
        if (buffer.length() == 0) {
            return;
        }
        try {
            buffer.writeTo(out);
            out.flush();
        } catch (IOException e) {
            // There is no other place to say so.
            dropped.increment();
            addError("Log lines could not be written", e);
        }
        buffer.cutTo(0);
    }
}
