package dev.unifiedproxy.tls;

import io.netty.buffer.ByteBuf;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Reads the server name out of a ClientHello without consuming it, record by record.
 *
 * <p>Stricter than <a href="https://datatracker.ietf.org/doc/html/rfc8446#section-4.1.2">RFC 8446
 * section 4.1.2</a> and <a href="https://datatracker.ietf.org/doc/html/rfc6066#section-3">RFC 6066
 * section 3</a> where two readers could see two names: the lengths must add up, the server_name
 * extension may stand there once, with one entry of type host_name. SSLv2's form is not taken.
 *
 * <p>A reader is for one connection and is called with all bytes since its start; what it has seen
 * it does not look at again.
 */
final class ClientHelloReader {
    /** The upper bound of the records that hold the ClientHello, their headers included. */
    static final int MAX_BYTES = 16 * 1024;

    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int HANDSHAKE_RECORD = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_NAME = 0;
    private static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;

    /** The draft that came before it, which hid the name alone. */
    private static final int ENCRYPTED_SERVER_NAME = 0xffce;

    private static final int HOST_NAME = 0;

    private final ByteArrayOutputStream message = new ByteArrayOutputStream(512);
    private int scanned;

    /** What the bytes so far are. */
    sealed interface Result {}

    /** The beginning of a ClientHello. */
    record Waiting() implements Result {}

    /**
     * Not TLS at all.
     *
     * @param firstByte what stands in the place of a handshake record's type
     */
    record NotTls(int firstByte) implements Result {}

    /**
     * TLS, but not a ClientHello that we take.
     *
     * @param reason what is wrong
     */
    record Malformed(String reason) implements Result {}

    /**
     * A whole ClientHello.
     *
     * @param serverName the name as sent, bytes above 0x7f as ISO 8859-1, or empty
     * @param encryptedHello whether there is an encrypted ClientHello in it, or what looks like one
     *     (RFC 9849 section 6.2, GREASE); a server that can read it obeys that one's server name
     */
    record Complete(Optional<String> serverName, boolean encryptedHello) implements Result {}

    /**
     * Looks at the bytes that came since the last call.
     *
     * @param in everything since the connection's first TLS byte, of which nothing is consumed
     */
    Result read(ByteBuf in) {
        while (true) {
            int available = in.readableBytes() - scanned;
            if (available > 0) {
                Optional<Result> refused = checkHeader(in, in.readerIndex() + scanned, available);
                if (refused.isPresent()) {
                    return refused.get();
                }
            }
            if (available < RECORD_HEADER) {
                return new Waiting();
            }
            int at = in.readerIndex() + scanned;
            int length = in.getUnsignedShort(at + 3);
            if (scanned + RECORD_HEADER + length > MAX_BYTES) {
                return new Malformed("ClientHello of more than " + MAX_BYTES + " bytes");
            }
            if (available < RECORD_HEADER + length) {
                return new Waiting();
            }
            message.writeBytes(bytes(in, at + RECORD_HEADER, length));
            scanned += RECORD_HEADER + length;
            Optional<Result> done = examineMessage();
            if (done.isPresent()) {
                return done.get();
            }
        }
    }

    /** Refuses as soon as one byte of a record's header is wrong. */
    private Optional<Result> checkHeader(ByteBuf in, int at, int available) {
        int type = in.getUnsignedByte(at);
        if (type != HANDSHAKE_RECORD) {
            return Optional.of(
                    scanned == 0
                            ? new NotTls(type)
                            : new Malformed("record of type " + type + " inside the ClientHello"));
        }
        if (available > 1 && in.getUnsignedByte(at + 1) != 3) {
            return Optional.of(
                    new Malformed(
                            "record version " + in.getUnsignedByte(at + 1) + " (expected: 3)"));
        }
        if (available >= RECORD_HEADER && in.getUnsignedShort(at + 3) == 0) {
            return Optional.of(new Malformed("handshake record of no bytes"));
        }
        return Optional.empty();
    }

    private Optional<Result> examineMessage() {
        byte[] bytes = message.toByteArray();
        if (bytes[0] != CLIENT_HELLO) {
            return Optional.of(
                    new Malformed(
                            "handshake message of type " + (bytes[0] & 0xff) + " (expected: 1)"));
        }
        if (bytes.length < MESSAGE_HEADER) {
            return Optional.empty();
        }
        int length = (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
        if (length > MAX_BYTES) {
            return Optional.of(new Malformed("ClientHello of " + length + " bytes"));
        }
        if (bytes.length < MESSAGE_HEADER + length) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(ByteBuffer.wrap(bytes, MESSAGE_HEADER, length)));
        } catch (BufferUnderflowException e) {
            return Optional.of(new Malformed("ClientHello whose lengths do not add up"));
        }
    }

    private static Result parse(ByteBuffer hello) {
        take(hello, 2 + 32);
        take(hello, hello.get() & 0xff);
        take(hello, hello.getShort() & 0xffff);
        take(hello, hello.get() & 0xff);
        if (!hello.hasRemaining()) {
            return new Complete(Optional.empty(), false);
        }
        ByteBuffer extensions = take(hello, hello.getShort() & 0xffff);
        if (hello.hasRemaining()) {
            return new Malformed("bytes after the ClientHello's extensions");
        }
        Optional<String> serverName = Optional.empty();
        boolean encryptedHello = false;
        while (extensions.hasRemaining()) {
            int type = extensions.getShort() & 0xffff;
            ByteBuffer value = take(extensions, extensions.getShort() & 0xffff);
            if (type != SERVER_NAME) {
                encryptedHello |= type == ENCRYPTED_CLIENT_HELLO || type == ENCRYPTED_SERVER_NAME;
                continue;
            }
            if (serverName.isPresent()) {
                return new Malformed("two server_name extensions");
            }
            serverName = onlyHostName(value);
            if (serverName.isEmpty()) {
                return new Malformed("server_name extension that is not one host_name");
            }
        }
        return new Complete(serverName, encryptedHello);
    }

    private static Optional<String> onlyHostName(ByteBuffer extension) {
        ByteBuffer list = take(extension, extension.getShort() & 0xffff);
        int type = list.get() & 0xff;
        ByteBuffer name = take(list, list.getShort() & 0xffff);
        if (type != HOST_NAME
                || list.hasRemaining()
                || extension.hasRemaining()
                || !name.hasRemaining()) {
            return Optional.empty();
        }
        return Optional.of(StandardCharsets.ISO_8859_1.decode(name).toString());
    }

    /** The next bytes as a buffer of their own. */
    private static ByteBuffer take(ByteBuffer from, int length) {
        if (length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer taken = from.slice(from.position(), length);
        from.position(from.position() + length);
        return taken;
    }

    private static byte[] bytes(ByteBuf in, int at, int length) {
        byte[] out = new byte[length];
        in.getBytes(at, out);
        return out;
    }

    /** A byte as it stands in a message: {@code 0x53}. */
    static String hex(int value) {
        return "0x" + HexFormat.of().toHexDigits((byte) value);
    }
}
