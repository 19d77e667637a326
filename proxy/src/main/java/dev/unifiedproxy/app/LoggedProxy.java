package dev.unifiedproxy.app;

import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.logging.LogSetup;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A proxy beside other work in this process, whose log goes to a file instead of the console. */
public final class LoggedProxy implements AutoCloseable {
    private final OutputStream file;
    private final LogSetup log;
    private final RunningProxy proxy;

    private LoggedProxy(OutputStream file, LogSetup log, RunningProxy proxy) {
        this.file = file;
        this.log = log;
        this.proxy = proxy;
    }

    /**
     * Starts it.
     *
     * @param environment where credentials come from
     * @param logFile replaced when it exists
     * @throws StartupException when some part cannot be made, or the file cannot be written
     */
    public static LoggedProxy start(
            Settings settings, Map<String, String> environment, Path logFile)
            throws StartupException {
        try {
            OutputStream file = Files.newOutputStream(logFile);
            LogSetup log = LogSetup.start(LogChoice.of(settings.logging()), file);
            try {
                return new LoggedProxy(file, log, ProxyServer.start(settings, environment));
            } catch (StartupException e) {
                log.close();
                file.close();
                throw e;
            }
        } catch (IOException e) {
            throw new StartupException(logFile + ": cannot be written (expected: a new file)", e);
        }
    }

    /** The proxy. */
    public RunningProxy proxy() {
        return proxy;
    }

    /** Stops the proxy, then the log. */
    @Override
    public void close() throws IOException {
        proxy.stop();
        log.close();
        file.close();
    }
}
