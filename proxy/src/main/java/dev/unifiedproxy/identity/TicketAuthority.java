package dev.unifiedproxy.identity;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.IpAddress;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Issues tickets and tells authentic ones from others.
 *
 * <p>A ticket is {@code base64url(payload) "." base64url(HMAC-SHA256)}. The code covers the text of
 * the payload, and the text of the code itself is compared, so exactly one text is authentic for
 * each ticket. Whether an authentic ticket may still register its container again is not decided
 * here but by {@link TicketRevocations}.
 */
public final class TicketAuthority {
    /** The longest ticket, in characters. */
    public static final int MAX_LENGTH = 8192;

    private static final int KEY_BYTES = 32;
    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] DOMAIN =
            "unified-proxy ticket 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final String OWNER_ONLY = "rw-------";

    /** The metadata's depth and the payload around it. */
    private static final JsonMapper JSON = MetadataJson.mapper(MetadataJson.MAX_DEPTH + 3);

    private final Mac prototype;

    TicketAuthority(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            mac.update(DOMAIN);
            this.prototype = mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no " + ALGORITHM, e);
        }
    }

    /**
     * The authority whose key stands in a file, which is created with a random key when it does not
     * exist. Only its owner can read it afterwards.
     *
     * @throws IOException when the file cannot be read or created, or has not exactly 32 bytes
     */
    public static TicketAuthority open(Path keyFile) throws IOException {
        if (!Files.exists(keyFile)) {
            createKey(keyFile);
        }
        if (Files.size(keyFile) != KEY_BYTES) {
            throw new IOException(
                    keyFile
                            + ": "
                            + Files.size(keyFile)
                            + " bytes (expected: "
                            + KEY_BYTES
                            + "; remove the file for a new key, which makes all tickets invalid)");
        }
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString(OWNER_ONLY));
        return new TicketAuthority(Files.readAllBytes(keyFile));
    }

    /** An authority whose random key is nowhere else, so that no ticket of another one is good. */
    public static TicketAuthority ephemeral() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return new TicketAuthority(key);
    }

    /** Written beside its place and moved there, so that no half key is ever read. */
    private static void createKey(Path file) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        Path target = file.toAbsolutePath();
        Path directory = target.getParent();
        if (directory == null) {
            throw new IOException(file + ": is a directory (expected: a file for the ticket key)");
        }
        Files.createDirectories(directory);
        Path fresh = target.resolveSibling(target.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (FileChannel out =
                FileChannel.open(
                        fresh,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString(OWNER_ONLY)))) {
            out.write(ByteBuffer.wrap(key));
            out.force(true);
        }
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * The ticket of a registration.
     *
     * @param container what it says: id, address, time to live and metadata
     * @param now the time of issue; a later {@code lastSeen} wins, so that the ticket is never
     *     older than the registration that it is issued for
     * @throws IllegalArgumentException when it would be longer than {@link #MAX_LENGTH}
     */
    public String issue(Container container, Instant now) {
        Instant issuedAt = now.isBefore(container.lastSeen()) ? container.lastSeen() : now;
        ObjectNode payload = JSON.createObjectNode();
        payload.put("id", container.id());
        payload.put("ip", container.address().text());
        payload.put("ttl", container.ttl().toSeconds());
        payload.set("metadata", JSON.valueToTree(container.metadata()));
        payload.put("iat", issuedAt.toEpochMilli());
        String text =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(JSON.writeValueAsBytes(payload));
        String ticket = text + "." + code(text);
        if (ticket.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "ticket of container "
                            + container.id()
                            + ": "
                            + ticket.length()
                            + " characters (expected: at most "
                            + MAX_LENGTH
                            + ")");
        }
        return ticket;
    }

    /**
     * Reads a ticket.
     *
     * @param text what a client presented, of any length and content
     * @return empty unless it was issued with this key
     */
    public Optional<Ticket> verify(String text) {
        int dot = text.indexOf('.');
        if (text.length() > MAX_LENGTH || dot < 0) {
            return Optional.empty();
        }
        String payload = text.substring(0, dot);
        byte[] presented = text.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
        byte[] expected = code(payload).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(expected, presented) ? read(payload) : Optional.empty();
    }

    private String code(String payload) {
        try {
            Mac mac = (Mac) prototype.clone();
            byte[] code = mac.doFinal(payload.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(code);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("This Java's " + ALGORITHM + " cannot be copied", e);
        }
    }

    /** Only texts that carry our code get here; one of another version of ours is not ours. */
    private static Optional<Ticket> read(String payload) {
        try {
            JsonNode node = JSON.readTree(Base64.getUrlDecoder().decode(payload));
            Instant issuedAt = Instant.ofEpochMilli(node.required("iat").longValue());
            Container claimed =
                    new Container(
                            node.required("id").stringValue(),
                            IpAddress.parse(node.required("ip").stringValue()),
                            issuedAt,
                            issuedAt,
                            Duration.ofSeconds(node.required("ttl").longValue()),
                            MetadataJson.read(node.required("metadata").toString()));
            return Optional.of(new Ticket(claimed, issuedAt));
        } catch (JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
