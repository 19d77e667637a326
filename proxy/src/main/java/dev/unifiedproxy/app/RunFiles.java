package dev.unifiedproxy.app;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * What other processes look at while the proxy runs: the readiness marker, the pid, and which ports
 * the listeners got.
 */
final class RunFiles {
    private final Path directory;
    private final FileChannel lock;

    private RunFiles(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Takes the directory over: what an earlier process left says nothing any more and is removed.
     *
     * @throws IOException when another proxy is using it; its files stay as they are
     */
    static RunFiles claim(Path directory) throws IOException {
        Files.createDirectories(directory);
        RunFiles files = new RunFiles(directory, lock(directory));
        files.removeStatements();
        return files;
    }

    /**
     * Held while the process lives, however it ends. The file itself stays: who deletes it races.
     */
    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        directory.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        if (!isFree(channel)) {
            channel.close();
            throw new IOException(
                    directory
                            + ": another unified-proxy is running here (expected: a run directory"
                            + " of its own, PROXY_RUN_DIR)");
        }
        return channel;
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
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

    /** Removes what the files say and lets others use the directory. */
    void release() throws IOException {
        try (lock) {
            removeStatements();
        }
    }

    private void removeStatements() throws IOException {
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
