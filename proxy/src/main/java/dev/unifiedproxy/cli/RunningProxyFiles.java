package dev.unifiedproxy.cli;

import dev.unifiedproxy.config.ConfigurationException;
import dev.unifiedproxy.config.Settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a running proxy is found: its control socket, and what it wrote into {@code ports.json}.
 *
 * @param directory the run directory
 * @param socket the control socket
 * @param standardCertificates where certificates are published, unless {@code ports.json} says so
 * @param state the state directory of a proxy with these settings
 */
record RunningProxyFiles(Path directory, Path socket, Path standardCertificates, Path state) {
    private static final Path SYSTEM = Path.of("/var/run/proxy");
    private static final String SOCKET = "internal.sock";
    private static final long PORTS_LIMIT_BYTES = 64 * 1024;

    /** The settings that say where a proxy is; others may be wrong without any harm here. */
    private static final List<String> PLACES =
            List.of(
                    "PROXY_RUN_DIR",
                    "PROXY_STATE_DIR",
                    "PROXY_CERTS_DIR",
                    "PROXY_CONFIG_DIR",
                    "INTERNAL_API_SOCKET");

    /**
     * Finds them by the rule by which {@code serve} chooses them; the option goes before the
     * variables. Where that leads to no socket and the system's directory has one, it is that.
     *
     * @throws CommandFailure when a variable cannot be a path
     */
    static RunningProxyFiles find(Optional<String> runDirectory, Console console)
            throws CommandFailure {
        Map<String, String> environment = new HashMap<>(console.environment());
        environment.keySet().retainAll(PLACES);
        runDirectory.ifPresent(
                directory -> {
                    environment.put("PROXY_RUN_DIR", directory);
                    environment.remove("INTERNAL_API_SOCKET");
                });
        try {
            Settings settings =
                    Settings.load(environment, Map.of(), console.home(), Directories::writable);
            return of(settings, environment.isEmpty());
        } catch (ConfigurationException e) {
            throw Failures.configuration(e);
        }
    }

    private static RunningProxyFiles of(Settings settings, boolean byDefault) {
        Path certificates = settings.places().certificatesDirectory();
        Path socket = settings.listeners().controlSocket();
        if (byDefault && !Files.exists(socket) && Files.exists(SYSTEM.resolve(SOCKET))) {
            return new RunningProxyFiles(
                    SYSTEM,
                    SYSTEM.resolve(SOCKET),
                    certificates,
                    settings.places().stateDirectory());
        }
        return new RunningProxyFiles(
                settings.places().runDirectory(),
                socket,
                certificates,
                settings.places().stateDirectory());
    }

    /**
     * The port of the forward proxy.
     *
     * @throws CommandFailure when the proxy wrote none
     */
    int proxyPort() throws CommandFailure {
        if (ports().get("proxy") instanceof Integer port && port > 0 && port < 65_536) {
            return port;
        }
        throw new CommandFailure(
                ExitCode.NOT_RUNNING,
                directory.resolve("ports.json") + " names no port of the proxy",
                "Start the proxy, or name its run directory with --run-dir.");
    }

    /** The directory with the certificates that sandboxes may see. */
    Path certificates() {
        return ports().get("certs") instanceof String certs && !certs.isEmpty()
                ? Path.of(certs)
                : standardCertificates;
    }

    private Map<String, Object> ports() {
        Path file = directory.resolve("ports.json");
        try {
            return Files.size(file) > PORTS_LIMIT_BYTES
                    ? Map.of()
                    : JsonText.object(Files.readString(file)).orElse(Map.of());
        } catch (IOException e) {
            // Not running, or not readable by this user: the caller says what it misses.
            return Map.of();
        }
    }
}
