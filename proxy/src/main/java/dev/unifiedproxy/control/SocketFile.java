package dev.unifiedproxy.control;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/**
 * The file of a unix socket. It is bound in a directory that only its owner can enter, gets its
 * mode there, and is then moved to its place, so that at no moment anybody else can connect.
 */
final class SocketFile {
    private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);

    /** The room for a path in the kernel's {@code sun_path}, without the final zero. */
    private static final int MAX_PATH_BYTES = 107;

    private final Path path;
    private final Path nursery;
    private @Nullable Object key;

    private SocketFile(Path path, Path nursery) {
        this.path = path;
        this.nursery = nursery;
    }

    /**
     * Makes room for a socket.
     *
     * @throws IOException when something else than an abandoned socket stands there, or the path is
     *     too long
     */
    static SocketFile prepare(Path socket) throws IOException {
        Path path = socket.toAbsolutePath();
        Path directory = path.getParent();
        if (directory == null) {
            throw new IOException(socket + ": is a directory (expected: a path for a socket)");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            requireStale(path);
        }
        Files.createDirectories(directory);
        Path nursery =
                Files.createTempDirectory(
                        directory,
                        ".",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
        SocketFile file = new SocketFile(path, nursery);
        try {
            requireShort(path);
            requireShort(file.bindPath());
            return file;
        } catch (IOException e) {
            file.remove();
            throw e;
        }
    }

    private static void requireShort(Path path) throws IOException {
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_PATH_BYTES) {
            throw new IOException(
                    "Control socket "
                            + path
                            + ": "
                            + bytes
                            + " bytes (expected: at most "
                            + MAX_PATH_BYTES
                            + ")");
        }
    }

    private static void requireStale(Path path) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isOther()) {
            throw new IOException(
                    "Control socket " + path + ": exists and is not a socket (expected: nothing)");
        }
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new IOException(
                    "Control socket "
                            + path
                            + ": a running process answers on it (expected: nobody); connected="
                            + probe.isConnected());
        } catch (SocketException refused) {
            LOG.debug("Control socket {} is stale and will be replaced", path, refused);
        }
    }

    Path path() {
        return path;
    }

    /** Where to bind. */
    Path bindPath() {
        return nursery.resolve("s");
    }

    /** Gives the bound socket its mode and its place, where a stale one is replaced. */
    void publish() throws IOException {
        Files.setPosixFilePermissions(bindPath(), PosixFilePermissions.fromString("rw-------"));
        key = keyOf(bindPath());
        Files.move(bindPath(), path, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(nursery);
    }

    /** Removes what is ours: not a socket that another process has put there meanwhile. */
    void remove() {
        try {
            Files.deleteIfExists(bindPath());
            Files.deleteIfExists(nursery);
            if (key != null && Files.exists(path) && Objects.equals(key, keyOf(path))) {
                Files.delete(path);
            }
        } catch (IOException e) {
            LOG.warn("Control socket {} could not be removed: {}", path, e.getMessage());
        }
    }

    private static Object keyOf(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }
}
