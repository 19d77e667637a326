package dev.unifiedproxy.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What commands ask of directories. */
final class Directories {
    private Directories() {}

    /** Whether the directory can be written to or, where there is none, be made. */
    static boolean writable(Path directory) {
        Path existing = directory.toAbsolutePath().normalize();
        while (Files.notExists(existing)) {
            Path parent = existing.getParent();
            if (parent == null) {
                return false;
            }
            existing = parent;
        }
        return Files.isDirectory(existing) && Files.isWritable(existing);
    }

    /** Removes a directory and all that is in it. */
    static void delete(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
