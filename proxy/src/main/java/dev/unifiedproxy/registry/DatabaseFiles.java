package dev.unifiedproxy.registry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The files of a database in WAL mode: the main one, {@code -wal} and {@code -shm}. */
final class DatabaseFiles {
    /**
     * What the files looked like after our last write.
     *
     * @param main the identity of the main file
     * @param size its size in bytes
     * @param modified when it was last written, which in WAL mode only a checkpoint does
     * @param wal the identity of the {@code -wal} file, null while there is none
     */
    record Stamp(@Nullable Object main, long size, FileTime modified, @Nullable Object wal) {}

    /** How the files compare with a stamp. */
    enum Comparison {
        /** Nobody touched them. */
        SAME,
        /** The main file was written by somebody, perhaps an external checkpoint. */
        TOUCHED,
        /** A file is no longer there, or is another one. */
        GONE
    }

    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");
    private static final List<String> SUFFIXES = List.of("", "-wal", "-shm");

    private final Path main;
    private final Path wal;

    DatabaseFiles(Path file) {
        this.main = file.toAbsolutePath();
        this.wal = withSuffix(main, "-wal");
    }

    private static Path withSuffix(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    Path main() {
        return main;
    }

    /** Creates what SQLite needs; SQLite gives the other two files the main file's mode. */
    void prepare() throws IOException {
        Path directory = main.getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        if (!Files.exists(main)) {
            Files.createFile(main, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        }
        for (String suffix : SUFFIXES) {
            Path file = withSuffix(main, suffix);
            if (Files.exists(file)) {
                Files.setPosixFilePermissions(file, OWNER_ONLY);
            }
        }
    }

    Stamp stamp() throws IOException {
        BasicFileAttributes attributes = attributes(main);
        return attributes == null
                ? new Stamp(null, 0, FileTime.fromMillis(0), null)
                : new Stamp(
                        attributes.fileKey(),
                        attributes.size(),
                        attributes.lastModifiedTime(),
                        key(attributes(wal)));
    }

    Comparison compare(Stamp before) throws IOException {
        Stamp now = stamp();
        if (now.main() == null
                || !Objects.equals(now.main(), before.main())
                || (before.wal() != null && !Objects.equals(now.wal(), before.wal()))) {
            return Comparison.GONE;
        }
        return now.size() == before.size() && now.modified().equals(before.modified())
                ? Comparison.SAME
                : Comparison.TOUCHED;
    }

    private static @Nullable BasicFileAttributes attributes(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static @Nullable Object key(@Nullable BasicFileAttributes attributes) {
        return attributes == null ? null : attributes.fileKey();
    }

    /**
     * Moves what is there to {@code <name>.corrupt-<time>}, with a number behind it when that name
     * is taken.
     *
     * @return the new name of the main file; empty when there was nothing to move
     */
    Optional<String> setAside(String time) throws IOException {
        Path target = withSuffix(main, ".corrupt-" + time);
        for (int number = 2; isTaken(target); number++) {
            target = withSuffix(main, ".corrupt-" + time + "." + number);
        }
        boolean moved = false;
        for (String suffix : SUFFIXES) {
            Path file = withSuffix(main, suffix);
            if (Files.exists(file)) {
                Files.move(file, withSuffix(target, suffix), StandardCopyOption.ATOMIC_MOVE);
                moved = true;
            }
        }
        return moved ? Optional.of(String.valueOf(target.getFileName())) : Optional.empty();
    }

    private static boolean isTaken(Path target) {
        return SUFFIXES.stream().anyMatch(suffix -> Files.exists(withSuffix(target, suffix)));
    }
}
