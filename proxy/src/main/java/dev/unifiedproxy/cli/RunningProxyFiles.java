package dev.unifiedproxy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where a running proxy is found: its control socket, and what it wrote into {@code ports.json}.
 *
 * @param directory the run directory
 * @param socket the control socket
 */
record RunningProxyFiles(Path directory, Path socket) {
    private static final Path SYSTEM = Path.of("/var/run/proxy");
    private static final String SOCKET = "internal.sock";
    private static final long PORTS_LIMIT_BYTES = 64 * 1024;

    /**
     * Finds them: the option, then INTERNAL_API_SOCKET and PROXY_RUN_DIR, then the system's
     * directory where it has a socket, then the one under the user's home.
     */
    static RunningProxyFiles find(Optional<String> runDirectory, Console console) {
        if (runDirectory.isPresent()) {
            Path directory = Path.of(runDirectory.get());
            return new RunningProxyFiles(directory, directory.resolve(SOCKET));
        }
        Map<String, String> environment = console.environment();
        Optional<Path> socket = variable(environment, "INTERNAL_API_SOCKET");
        Path directory =
                variable(environment, "PROXY_RUN_DIR")
                        .or(() -> socket.map(RunningProxyFiles::parent))
                        .orElseGet(() -> standard(console.home()));
        return new RunningProxyFiles(directory, socket.orElse(directory.resolve(SOCKET)));
    }

    private static Path standard(Path home) {
        return Files.exists(SYSTEM.resolve(SOCKET)) ? SYSTEM : home.resolve(".unified-proxy/run");
    }

    private static Optional<Path> variable(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value));
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file : parent;
    }

    /** The port of the forward proxy. */
    int proxyPort() throws CommandFailure {
        Object port = ports().get("proxy");
        if (port instanceof Integer number && number > 0 && number < 65_536) {
            return number;
        }
        throw new CommandFailure(
                ExitCode.NOT_RUNNING,
                directory.resolve("ports.json") + " names no port of the proxy",
                "Start the proxy, or name its run directory with --run-dir.");
    }

    /**
     * The directory with the certificates that sandboxes may see: what the proxy wrote down, else
     * PROXY_CERTS_DIR, else the standard one.
     */
    Path certificates(Map<String, String> environment) {
        if (ports().get("certs") instanceof String certs && !certs.isEmpty()) {
            return Path.of(certs);
        }
        return variable(environment, "PROXY_CERTS_DIR").orElse(Path.of("/etc/proxy/certs"));
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
