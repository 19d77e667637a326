package dev.unifiedproxy.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * What other processes look at while the proxy runs: the readiness marker, the pid, and which ports
 * the listeners got.
 */
final class RunFiles {
    private final Path directory;

    private RunFiles(Path directory) {
        this.directory = directory;
    }

    /**
     * Takes the directory over: what an earlier process left says nothing any more and is removed.
     */
    static RunFiles claim(Path directory) throws IOException {
        Files.createDirectories(directory);
        RunFiles files = new RunFiles(directory);
        files.remove();
        return files;
    }

    Path marker() {
        return directory.resolve("ready");
    }

    /** Writes pid and ports, and last of all the marker. */
    void announce(int proxyPort, int metricsPort, Path certificates) throws IOException {
        write("mitmproxy.pid", ProcessHandle.current().pid() + "\n");
        write(
                "ports.json",
                "{\"proxy\": "
                        + proxyPort
                        + ", \"metrics\": "
                        + metricsPort
                        + ", \"certs\": \""
                        + certificates.toString().replace("\\", "\\\\").replace("\"", "\\\"")
                        + "\"}\n");
        write("ready", "ready\n");
    }

    void removeMarker() throws IOException {
        Files.deleteIfExists(marker());
    }

    void remove() throws IOException {
        removeMarker();
        Files.deleteIfExists(directory.resolve("ports.json"));
        Files.deleteIfExists(directory.resolve("mitmproxy.pid"));
    }

    private void write(String name, String text) throws IOException {
        Path target = directory.resolve(name);
        Path fresh = directory.resolve(name + ".new");
        Files.writeString(fresh, text, StandardCharsets.UTF_8);
        Files.move(
                fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
