package dev.unifiedproxy.identity;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which tickets may no longer register their container again: all of a container that were issued
 * before an instant. Kept in a file of its own, so that the answer survives the loss of the
 * registry's database.
 *
 * <p>The file has lines {@code id epochMillis}, the latest instant of an id wins, and a line {@code
 * * epochMillis} holds for every id. It is compacted when it is opened and when it has grown. At
 * most {@link #MAX_IDS} ids are kept: the oldest make room by raising the line for every id, so
 * that forgetting never revives a ticket.
 *
 * <p>Reads are safe from any thread and touch memory only; {@link #revoke} is called by one thread
 * at a time.
 */
public final class TicketRevocations implements AutoCloseable {
    /** How many ids are kept. */
    public static final int MAX_IDS = 50_000;

    private static final Logger LOG = LoggerFactory.getLogger(TicketRevocations.class);
    private static final String EVERY_ID = "*";
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final int maxIds;
    private final Map<String, Long> notBefore = new ConcurrentHashMap<>();
    private volatile long everyIdNotBefore = Long.MIN_VALUE;
    private @Nullable FileChannel out;
    private @Nullable Object fileKey;
    private int lines;

    private TicketRevocations(Path file, int maxIds) {
        this.file = file;
        this.maxIds = maxIds;
    }

    /**
     * Reads the file, which need not exist, and compacts it.
     *
     * @throws IOException when it cannot be read or written
     */
    public static TicketRevocations open(Path file) throws IOException {
        return open(file, MAX_IDS);
    }

    static TicketRevocations open(Path file, int maxIds) throws IOException {
        TicketRevocations revocations = new TicketRevocations(file.toAbsolutePath(), maxIds);
        revocations.load();
        revocations.rewrite();
        return revocations;
    }

    /** Whether a ticket of the container, issued then, may not register it again. */
    public boolean covers(String containerId, Instant issuedAt) {
        long millis = issuedAt.toEpochMilli();
        Long own = notBefore.get(containerId);
        return millis < everyIdNotBefore || (own != null && millis < own);
    }

    /** The instant before which the container's tickets are revoked; empty when none is. */
    public Optional<Instant> notBefore(String containerId) {
        return Optional.ofNullable(notBefore.get(containerId)).map(Instant::ofEpochMilli);
    }

    /**
     * Revokes the tickets that were issued before these instants. When it returns, this has reached
     * the disk.
     *
     * @param instants by container id
     * @throws IOException when it could not be written; nothing may rely on it then
     */
    public synchronized void revoke(Map<String, Instant> instants) throws IOException {
        instants.forEach((id, instant) -> notBefore.merge(id, instant.toEpochMilli(), Math::max));
        if (notBefore.size() > maxIds || lines + instants.size() > 2 * maxIds || isMoved()) {
            rewrite();
            return;
        }
        StringBuilder text = new StringBuilder();
        instants.keySet().forEach(id -> appendLine(text, id, notBefore.getOrDefault(id, 0L)));
        try {
            write(channel(), text);
        } catch (IOException e) {
            // Half a line may stand there now: the next revocation starts a new file.
            fileKey = null;
            throw e;
        }
        lines += instants.size();
    }

    @Override
    public synchronized void close() throws IOException {
        FileChannel open = out;
        out = null;
        if (open != null) {
            open.close();
        }
    }

    private void load() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        int start = 0;
        int number = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                LOG.warn("{}:{}: unfinished last line is dropped", file, number + 1);
                return;
            }
            number++;
            loadLine(text.substring(start, end), number);
            start = end + 1;
        }
    }

    /** A line that says nothing may have said anything: no ticket from before it counts then. */
    private void loadLine(String line, int number) throws IOException {
        int blank = line.indexOf(' ');
        try {
            long millis = Long.parseLong(line.substring(blank + 1));
            String id = line.substring(0, Math.max(blank, 0));
            if (id.equals(EVERY_ID)) {
                everyIdNotBefore = Math.max(everyIdNotBefore, millis);
                return;
            }
            if (!id.isEmpty()) {
                notBefore.merge(id, millis, Math::max);
                return;
            }
        } catch (NumberFormatException e) {
            LOG.debug("{}:{}: no number", file, number, e);
        }
        long modified = Files.getLastModifiedTime(file).toMillis();
        everyIdNotBefore = Math.max(everyIdNotBefore, modified);
        LOG.warn(
                "{}:{}: not readable (expected: id epochMillis); no ticket issued before {} can"
                        + " register a container again",
                file,
                number,
                Instant.ofEpochMilli(modified));
    }

    private boolean isMoved() throws IOException {
        return fileKey == null || !Files.exists(file) || !fileKey.equals(keyOf(file));
    }

    private static Object keyOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** Writes all that is known to a new file and puts it in the place of the old one. */
    private void rewrite() throws IOException {
        forgetOldest();
        Path directory = file.getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        StringBuilder text = new StringBuilder();
        if (everyIdNotBefore != Long.MIN_VALUE) {
            appendLine(text, EVERY_ID, everyIdNotBefore);
        }
        notBefore.forEach((id, millis) -> appendLine(text, id, millis));
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        close();
        FileChannel channel =
                FileChannel.open(
                        fresh,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        OWNER_ONLY);
        out = channel;
        write(channel, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory();
        fileKey = keyOf(file);
        lines = notBefore.size() + 1;
    }

    private void forgetOldest() {
        int tooMany = notBefore.size() - maxIds;
        if (tooMany <= 0) {
            return;
        }
        // A tenth more than needed, so that the next revocations can be appended.
        List<Map.Entry<String, Long>> oldest =
                notBefore.entrySet().stream()
                        .sorted(Comparator.comparingLong(Map.Entry::getValue))
                        .limit(tooMany + maxIds / 10)
                        .toList();
        everyIdNotBefore = Math.max(everyIdNotBefore, oldest.getLast().getValue());
        oldest.forEach(entry -> notBefore.remove(entry.getKey()));
    }

    /** A rename is on the disk only when its directory is. */
    private void syncDirectory() throws IOException {
        Path directory = file.getParent();
        if (directory == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private FileChannel channel() throws IOException {
        FileChannel open = out;
        if (open == null) {
            throw new IOException(file + ": closed");
        }
        return open;
    }

    private static void appendLine(StringBuilder text, String id, long millis) {
        text.append(id).append(' ').append(millis).append('\n');
    }

    private static void write(FileChannel channel, StringBuilder text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }
}
