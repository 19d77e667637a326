package dev.unifiedproxy.policy;

import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.WholeBody;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * How a body is encoded (RFC 9110 section 8.4.1), as far as a rule can read it.
 *
 * <p>Stricter than those who receive it: gzip (RFC 1952) of exactly one member without optional
 * fields, deflate with its zlib header (RFC 1950), and nothing behind the end, because a reader
 * that went on there would read what nobody judged.
 */
enum BodyEncoding {
    /** As it is. */
    IDENTITY,
    /** RFC 1952. */
    GZIP,
    /** RFC 1950. */
    DEFLATE;

    private static final int GZIP_HEAD = 10;
    private static final int GZIP_TAIL = 8;
    private static final int CHUNK = 64 * 1024;

    /** What the head says; empty when it is more than one encoding or none that is known. */
    static Optional<BodyEncoding> of(Headers headers) {
        List<String> lines = headers.all("content-encoding");
        if (lines.isEmpty()) {
            return Optional.of(IDENTITY);
        }
        return lines.size() > 1
                ? Optional.empty()
                : switch (lines.getFirst().strip().toLowerCase(Locale.ROOT)) {
                    case "identity" -> Optional.of(IDENTITY);
                    case "gzip", "x-gzip" -> Optional.of(GZIP);
                    case "deflate" -> Optional.of(DEFLATE);
                    default -> Optional.empty();
                };
    }

    /** The body as it was before; empty when it is not encoded so, or is longer than the bound. */
    Optional<WholeBody> decode(WholeBody body, int maxBytes) {
        ByteBuffer content = body.content();
        return switch (this) {
            case IDENTITY -> body.length() <= maxBytes ? Optional.of(body) : Optional.empty();
            case GZIP -> gunzip(content, maxBytes);
            case DEFLATE -> inflate(content, false, maxBytes, 0);
        };
    }

    private static Optional<WholeBody> gunzip(ByteBuffer content, int maxBytes) {
        content.order(ByteOrder.LITTLE_ENDIAN);
        if (content.remaining() < GZIP_HEAD + GZIP_TAIL
                || (content.getShort(0) & 0xffff) != 0x8b1f
                || content.get(2) != 8
                || content.get(3) != 0) {
            return Optional.empty();
        }
        int sum = content.getInt(content.limit() - GZIP_TAIL);
        int size = content.getInt(content.limit() - 4);
        return inflate(
                        content.slice(GZIP_HEAD, content.limit() - GZIP_HEAD),
                        true,
                        maxBytes,
                        GZIP_TAIL)
                .filter(decoded -> decoded.length() == size && sum(decoded) == sum);
    }

    private static int sum(WholeBody body) {
        CRC32 crc = new CRC32();
        crc.update(body.content());
        return (int) crc.getValue();
    }

    /**
     * Inflates what ends exactly so many bytes before the end of the content.
     *
     * @param raw without zlib's header and checksum
     */
    private static Optional<WholeBody> inflate(
            ByteBuffer content, boolean raw, int maxBytes, int behind) {
        Inflater inflater = new Inflater(raw);
        try {
            inflater.setInput(content);
            byte[] out = new byte[Math.min(CHUNK, maxBytes)];
            int length = 0;
            while (!inflater.finished()) {
                if (length == out.length) {
                    if (length == maxBytes) {
                        return endsHere(inflater) && inflater.getRemaining() == behind
                                ? Optional.of(WholeBody.of(ByteBuffer.wrap(out)))
                                : Optional.empty();
                    }
                    out = Arrays.copyOf(out, (int) Math.min(maxBytes, 2L * out.length));
                }
                int more = inflater.inflate(out, length, out.length - length);
                if (more == 0 && !inflater.finished()) {
                    return Optional.empty(); // cut off, or it wants a dictionary
                }
                length += more;
            }
            return inflater.getRemaining() == behind
                    ? Optional.of(WholeBody.of(ByteBuffer.wrap(out, 0, length)))
                    : Optional.empty();
        } catch (DataFormatException e) {
            return Optional.empty();
        } finally {
            inflater.end();
        }
    }

    /** Whether nothing more comes than what filled the bound. */
    private static boolean endsHere(Inflater inflater) throws DataFormatException {
        return inflater.inflate(new byte[1]) == 0 && inflater.finished();
    }
}
