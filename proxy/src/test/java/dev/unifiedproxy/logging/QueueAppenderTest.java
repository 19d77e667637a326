package dev.unifiedproxy.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

final class QueueAppenderTest {
    private static final int CAPACITY = 64;

    /** An output that can be held up, as a terminal with a full pipe is. */
    private static final class Output extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch gate;

        Output(boolean open) {
            gate = new CountDownLatch(open ? 0 : 1);
        }

        @Override
        public void write(int single) {
            throw new UnsupportedOperationException("lines are written at once");
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            entered.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            bytes.write(source, offset, length);
        }

        List<String> lines() {
            return bytes.toString(StandardCharsets.ISO_8859_1).lines().toList();
        }
    }

    private static QueueAppender started(OutputStream out) {
        QueueAppender appender =
                new QueueAppender(new TextLineEncoder(false), false, CAPACITY, out);
        appender.setContext(Events.CONTEXT);
        appender.start();
        return appender;
    }

    private static void log(QueueAppender appender, Level level, String message) {
        appender.doAppend(Events.of(level, message));
    }

    private static String line(String level, String message) {
        return level + " [pipeline.RequestPath] [-/-] " + message;
    }

    @Test
    void lineIsWrittenSoonAlsoAfterAPause() {
        Output out = new Output(true);
        QueueAppender appender = started(out);
        for (int i = 0; i < 3; i++) {
            log(appender, Level.INFO, "m" + i);
            String expected = line("INFO", "m" + i);
            await().atMost(Duration.ofSeconds(2)).until(() -> out.lines().contains(expected));
        }
        appender.stop();
    }

    @Test
    void stopWritesWhatWaits() {
        Output out = new Output(true);
        QueueAppender appender = started(out);
        IntStream.range(0, CAPACITY / 2).forEach(i -> log(appender, Level.INFO, "m" + i));

        appender.stop();

        assertThat(out.lines())
                .isEqualTo(
                        IntStream.range(0, CAPACITY / 2)
                                .mapToObj(i -> line("INFO", "m" + i))
                                .toList());
    }

    @Test
    void detailsGoFirstWhenTheOutputStandsStill() throws InterruptedException {
        Output out = new Output(false);
        QueueAppender appender = started(out);
        log(appender, Level.INFO, "holds the writer");
        out.entered.await();

        for (int i = 0; i < CAPACITY; i++) {
            log(appender, Level.DEBUG, "debug");
        }
        assertThat(appender.dropped()).isEqualTo(CAPACITY / 4);
        for (int i = 0; i < CAPACITY; i++) {
            log(appender, Level.INFO, "info");
        }
        assertThat(appender.dropped()).isEqualTo(CAPACITY / 4 + CAPACITY - CAPACITY / 8);
        for (int i = 0; i < CAPACITY / 8; i++) {
            log(appender, Level.ERROR, "error");
        }
        long before = appender.dropped();
        log(appender, Level.WARN, "one too many");
        log(appender, Level.WARN, "two too many");
        assertThat(appender.dropped()).isEqualTo(before + 2);

        out.gate.countDown();
        appender.stop();

        assertThat(out.lines().stream().filter(line("DEBUG", "debug")::equals)).hasSize(48);
        assertThat(out.lines().stream().filter(line("INFO", "info")::equals)).hasSize(8);
        assertThat(out.lines().stream().filter(line("ERROR", "error")::equals)).hasSize(8);
        assertThat(out.lines())
                .contains(
                        "WARNING [logging.QueueAppender] [-/-] Log lines dropped: " + (before + 2))
                .noneMatch(line -> line.contains("too many"));
    }

    @Test
    void valueThatCannotBePrintedCostsItsLineOnly() {
        Output out = new Output(true);
        QueueAppender appender = started(out);
        Object hostile =
                new Object() {
                    @Override
                    public String toString() {
                        throw new IllegalStateException("no text");
                    }
                };
        log(appender, Level.INFO, "before");
        appender.doAppend(Events.of(Level.INFO, "hostile", "k", hostile));
        log(appender, Level.INFO, "after");

        appender.stop();

        assertThat(out.lines())
                .containsExactly(
                        line("INFO", "before"),
                        line("INFO", "after"),
                        "WARNING [logging.QueueAppender] [-/-] Log lines dropped: 1");
    }

    @Test
    void brokenOutputDoesNotEndTheWriter() {
        OutputStream broken =
                new OutputStream() {
                    @Override
                    public void write(int single) throws IOException {
                        throw new IOException("closed");
                    }
                };
        QueueAppender appender = started(broken);
        log(appender, Level.INFO, "lost");
        await().until(() -> appender.dropped() > 0);
        long before = appender.dropped();
        log(appender, Level.INFO, "lost too");
        await().until(() -> appender.dropped() > before);
        appender.stop();
    }
}
