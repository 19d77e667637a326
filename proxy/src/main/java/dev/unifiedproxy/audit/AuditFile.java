package dev.unifiedproxy.audit;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The file {@code audit.jsonl} and the older ones beside it, {@code audit-<UTC time>.jsonl}.
 *
 * <p>Used by one thread. Every write reaches the operating system before it returns. When the file
 * has vanished or was moved away, a new one is begun; after a failure, writing goes on exactly
 * where it stopped.
 */
final class AuditFile {
    private static final String NAME = "audit.jsonl";
    private static final DateTimeFormatter SUFFIX =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final AuditSettings settings;
    private final InstantSource clock;
    private final Path path;
    private Instant lastAside = Instant.MIN;
    private @Nullable FileChannel channel;

    /** Tells the file that was written to from another one that has its name. */
    private @Nullable Object fileKey;

    AuditFile(AuditSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.path = settings.directory().resolve(NAME);
    }

    /**
     * Writes whole lines.
     *
     * @param lines its position moves behind what was written, also when this throws
     */
    void write(ByteBuffer lines) throws IOException {
        if (!lines.hasRemaining()) {
            return;
        }
        try {
            FileChannel open = current(lines);
            while (lines.hasRemaining()) {
                open.write(lines);
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Makes sure that the file can be written. */
    void open() throws IOException {
        current(ByteBuffer.allocate(0));
    }

    private FileChannel current(ByteBuffer lines) throws IOException {
        FileChannel open = channel;
        if (open != null && Objects.equals(fileKey, keyOf(path))) {
            return open;
        }
        close();
        Files.createDirectories(
                settings.directory(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        open =
                FileChannel.open(
                        path,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.APPEND),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        channel = open;
        Object key = keyOf(path);
        if (!Objects.equals(fileKey, key)) {
            rewindToLineStart(lines);
            endTornLine(open);
            fileKey = key;
        }
        return open;
    }

    /** The half of a line that an earlier file has does not help in this one. */
    private static void rewindToLineStart(ByteBuffer lines) {
        int at = lines.position();
        while (at > 0 && lines.get(at - 1) != '\n') {
            at--;
        }
        lines.position(at);
    }

    /** A process that was killed may have left half a line. */
    private void endTornLine(FileChannel open) throws IOException {
        long size = open.size();
        if (size == 0) {
            return;
        }
        ByteBuffer last = ByteBuffer.allocate(1);
        try (FileChannel reader = FileChannel.open(path, StandardOpenOption.READ)) {
            reader.read(last, size - 1);
        }
        if (last.get(0) != '\n') {
            open.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
    }

    private static @Nullable Object keyOf(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Sets the file aside when it is full, and deletes the oldest of those set aside before. */
    void rotateIfFull() throws IOException {
        FileChannel open = channel;
        if (open == null || open.size() < settings.rotateAtBytes()) {
            return;
        }
        open.force(false);
        close();
        fileKey = null;
        Files.move(path, freeName());
        List<Path> aside = setAside();
        for (Path old : aside.subList(0, Math.max(0, aside.size() - settings.keepFiles()))) {
            Files.deleteIfExists(old);
        }
    }

    /** Later than every name before, also when the clock stands still or goes back. */
    private Path freeName() {
        Instant time = clock.instant();
        if (!time.isAfter(lastAside)) {
            time = lastAside.plus(1, ChronoUnit.MICROS);
        }
        Path name = nameFor(time);
        while (Files.exists(name)) {
            time = time.plus(1, ChronoUnit.MICROS);
            name = nameFor(time);
        }
        lastAside = time;
        return name;
    }

    private Path nameFor(Instant time) {
        return settings.directory().resolve("audit-" + SUFFIX.format(time) + ".jsonl");
    }

    /** Oldest first. */
    private List<Path> setAside() throws IOException {
        try (Stream<Path> files = Files.list(settings.directory())) {
            return files.filter(file -> file.getFileName().toString().matches("audit-.*\\.jsonl"))
                    .sorted()
                    .toList();
        }
    }

    /** Puts what was written on the disk and closes the file. */
    void closeDurably() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            open.force(false);
            close();
        }
    }

    private void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
