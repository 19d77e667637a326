package dev.unifiedproxy.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;

import org.slf4j.LoggerFactory;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;

/** Logging that has been started; closing it writes what waits and makes logging silent. */
public final class LogSetup implements AutoCloseable {
    private final Logger root;
    private final QueueAppender appender;

    private LogSetup(Logger root, QueueAppender appender) {
        this.root = root;
        this.appender = appender;
    }

    /** Starts logging to standard output. Replaces what was started before. */
    public static LogSetup start(LogSettings settings) {
        return start(settings, new FileOutputStream(FileDescriptor.out));
    }

    /**
     * Starts logging to a stream. Replaces what was started before.
     *
     * @param out used by one thread only; not closed
     * @throws IllegalStateException when SLF4J is bound to something else than logback
     */
    public static LogSetup start(LogSettings settings, OutputStream out) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            throw new IllegalStateException(
                    "SLF4J is bound to "
                            + LoggerFactory.getILoggerFactory().getClass().getName()
                            + " (expected: logback)");
        }
        context.reset();
        QueueAppender appender =
                new QueueAppender(
                        encoder(settings), settings.location(), QueueAppender.CAPACITY, out);
        appender.setContext(context);
        appender.setName("stdout");
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.convertAnSLF4JLevel(settings.level()));
        root.addAppender(appender);
        // Its details are about itself, and its frame loggers would print what passes.
        Level atMostInfo =
                root.getLevel().isGreaterOrEqual(Level.INFO) ? root.getLevel() : Level.INFO;
        context.getLogger("io.netty").setLevel(atMostInfo);
        return new LogSetup(root, appender);
    }

    private static LineEncoder encoder(LogSettings settings) {
        return switch (settings.format()) {
            case JSON -> new JsonLineEncoder(settings.timestamp());
            case TEXT -> new TextLineEncoder(settings.timestamp());
        };
    }

    /** How many lines were dropped because the output did not keep up. */
    public long dropped() {
        return appender.dropped();
    }

    /** Writes what waits, for at most two seconds. */
    @Override
    public void close() {
        root.detachAppender(appender);
        appender.stop();
    }
}
