package dev.unifiedproxy.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** DER values (ITU-T X.690) as byte arrays: only those that an X.509 certificate is made of. */
final class Der {
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("uuMMddHHmmss'Z'", Locale.ROOT);
    private static final DateTimeFormatter GENERALIZED_TIME =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'", Locale.ROOT);

    private Der() {}

    static byte[] sequence(byte[]... parts) {
        return constructed(0x30, parts);
    }

    static byte[] set(byte[] only) {
        return constructed(0x31, only);
    }

    /** A constructed context tag with explicit content. */
    static byte[] explicit(int number, byte[] content) {
        return tagged(0xa0 | number, content);
    }

    /** A primitive context tag that stands in the place of the content's own. */
    static byte[] implicit(int number, byte[] content) {
        return tagged(0x80 | number, content);
    }

    static byte[] integer(BigInteger value) {
        return tagged(0x02, value.toByteArray());
    }

    static byte[] bool(boolean value) {
        return tagged(0x01, new byte[] {(byte) (value ? 0xff : 0)});
    }

    static byte[] octets(byte[] content) {
        return tagged(0x04, content);
    }

    /** A bit string of whole bytes, or of one byte whose last bits are not used. */
    static byte[] bits(int unused, byte[] content) {
        byte[] out = new byte[content.length + 1];
        out[0] = (byte) unused;
        System.arraycopy(content, 0, out, 1, content.length);
        return tagged(0x03, out);
    }

    static byte[] utf8(String text) {
        return tagged(0x0c, text.getBytes(StandardCharsets.UTF_8));
    }

    /** An object identifier of at least two arcs, the first 0 to 2, the second below 40. */
    static byte[] oid(int... arcs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(arcs[0] * 40 + arcs[1]);
        for (int i = 2; i < arcs.length; i++) {
            for (int shift = 28; shift > 0; shift -= 7) {
                if (arcs[i] >>> shift != 0) {
                    out.write(0x80 | (arcs[i] >>> shift & 0x7f));
                }
            }
            out.write(arcs[i] & 0x7f);
        }
        return tagged(0x06, out.toByteArray());
    }

    /**
     * A time in whole seconds: UTCTime from 1950 to 2049 and GeneralizedTime otherwise (<a
     * href="https://datatracker.ietf.org/doc/html/rfc5280#section-4.1.2.5">RFC 5280 section
     * 4.1.2.5</a>).
     */
    static byte[] time(Instant instant) {
        OffsetDateTime time = instant.atOffset(ZoneOffset.UTC);
        if (time.getYear() < 0 || time.getYear() > 9999) {
            throw new IllegalArgumentException(
                    "Certificate time " + instant + " (expected: year 0 to 9999)");
        }
        boolean utcTime = time.getYear() >= 1950 && time.getYear() < 2050;
        String text = (utcTime ? UTC_TIME : GENERALIZED_TIME).format(time);
        return tagged(utcTime ? 0x17 : 0x18, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] constructed(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        return tagged(tag, content.toByteArray());
    }

    /** Tag, shortest length, content. */
    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 4);
        out.write(tag);
        int length = content.length;
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else if (length < 0x10000) {
            out.write(0x82);
            out.write(length >>> 8);
            out.write(length);
        } else {
            throw new IllegalArgumentException(
                    "DER value of " + length + " bytes (expected: at most 65535)");
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
