package dev.unifiedproxy.app;

import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.logging.LogSetup;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The life of the {@code serve} process: start, run until a signal, drain, end. A second signal
 * ends it at once. SIGHUP has the policy read again.
 */
public final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    /** EX_CONFIG of sysexits.h: trying again without a change makes no sense. */
    private static final int STARTUP_FAILED = 78;

    private static final int INTERRUPTED = 130;

    private Lifecycle() {}

    /**
     * Runs a proxy until it is told to stop.
     *
     * @return the exit code of the process: 0 after a graceful stop, 78 when it cannot start
     */
    public static int runUntilStopped(Settings settings, Map<String, String> environment) {
        LogSetup log = LogSetup.start(LogChoice.of(settings.logging()));
        try {
            return run(settings, environment);
        } finally {
            log.close();
        }
    }

    private static int run(Settings settings, Map<String, String> environment) {
        RunningProxy proxy;
        try {
            proxy = ProxyServer.start(settings, environment);
        } catch (StartupException e) {
            String.valueOf(e.getMessage())
                    .lines()
                    .forEach(problem -> LOG.error("The proxy does not start: {}", problem));
            return STARTUP_FAILED;
        }
        listenToSignals(proxy);
        proxy.awaitStopped();
        return 0;
    }

    /**
     * The JDK's public API knows shutdown hooks only: they hear no second signal and set no exit
     * code.
     */
    private static void listenToSignals(RunningProxy proxy) {
        sun.misc.Signal.handle(new sun.misc.Signal("HUP"), signal -> proxy.reloadPolicy());
        AtomicInteger signals = new AtomicInteger();
        for (String name : new String[] {"TERM", "INT"}) {
            sun.misc.Signal.handle(
                    new sun.misc.Signal(name),
                    signal -> {
                        if (signals.incrementAndGet() > 1) {
                            Runtime.getRuntime().halt(INTERRUPTED);
                        }
                        Thread.ofPlatform().name("shutdown").start(proxy::stop);
                    });
        }
    }
}
