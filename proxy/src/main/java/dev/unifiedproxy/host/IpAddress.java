package dev.unifiedproxy.host;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * An IP address as a value: IPv4-mapped IPv6 is the IPv4 address, so that two spellings of one
 * address are equal.
 */
public final class IpAddress implements Host {
    private final byte[] bytes;

    private IpAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The address with these bytes.
     *
     * @param raw 4 or 16 bytes in network order
     */
    public static IpAddress of(byte[] raw) {
        if (raw.length == 4) {
            return new IpAddress(raw.clone());
        }
        if (raw.length != 16) {
            throw new HostSyntaxException(
                    "An address of " + raw.length + " bytes is not valid (expected: 4 or 16)");
        }
        return isMapped(raw)
                ? new IpAddress(Arrays.copyOfRange(raw, 12, 16))
                : new IpAddress(raw.clone());
    }

    /** The same address from the JDK's type; a zone is dropped. */
    public static IpAddress of(InetAddress address) {
        return of(address.getAddress());
    }

    /**
     * Parses the strict textual forms: dotted IPv4 without leading zeros, or IPv6 without zone or
     * brackets.
     *
     * @throws HostSyntaxException for anything else
     */
    public static IpAddress parse(String text) {
        if (text.indexOf(':') >= 0) {
            return parseV6(text);
        }
        return parseStrictV4(text).orElseThrow(() -> notAnAddress(text));
    }

    /**
     * Reads what {@code inet_aton} would take for an IPv4 address: one to four parts, each decimal,
     * octal (leading 0) or hexadecimal (leading 0x), the last one filling the remaining bytes.
     *
     * @return empty when no such reading exists
     */
    static Optional<IpAddress> parseLooseV4(String text) {
        if (text.isEmpty() || text.length() > 60 || !startsLikeNumber(text)) {
            return Optional.empty();
        }
        String[] parts = text.split("\\.", -1);
        if (parts.length > 4) {
            return Optional.empty();
        }
        long value = 0;
        for (int i = 0; i < parts.length; i++) {
            long part = parseLoosePart(parts[i]);
            boolean last = i == parts.length - 1;
            long limit = last ? 1L << (8 * (5 - parts.length)) : 256;
            if (part < 0 || part >= limit) {
                return Optional.empty();
            }
            value = last ? value | part : value | part << (24 - 8 * i);
        }
        return Optional.of(
                new IpAddress(
                        new byte[] {
                            (byte) (value >> 24),
                            (byte) (value >> 16),
                            (byte) (value >> 8),
                            (byte) value
                        }));
    }

    private static boolean startsLikeNumber(String text) {
        char c = text.charAt(0);
        return c >= '0' && c <= '9';
    }

    private static long parseLoosePart(String part) {
        int radix = 10;
        int start = 0;
        if (part.length() > 1 && part.charAt(0) == '0') {
            boolean hex = (part.charAt(1) | 0x20) == 'x';
            radix = hex ? 16 : 8;
            start = hex ? 2 : 1;
        }
        if (part.isEmpty()) {
            return -1;
        }
        long value = 0;
        for (int i = start; i < part.length(); i++) {
            int digit = part.charAt(i) < 0x80 ? Character.digit(part.charAt(i), radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
            if (value > 0xffff_ffffL) {
                return -1;
            }
        }
        return value;
    }

    private static Optional<IpAddress> parseStrictV4(String text) {
        byte[] out = new byte[4];
        int part = 0;
        int value = -1;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? '.' : text.charAt(i);
            if (c == '.') {
                if (value < 0 || part > 3) {
                    return Optional.empty();
                }
                out[part++] = (byte) value;
                value = -1;
            } else if (c < '0' || c > '9' || value == 0) {
                return Optional.empty();
            } else {
                value = Math.max(value, 0) * 10 + (c - '0');
                if (value > 255) {
                    return Optional.empty();
                }
            }
        }
        return part == 4 ? Optional.of(new IpAddress(out)) : Optional.empty();
    }

    /** Parses IPv6 text without brackets; RFC 4291 section 2.2, no zone. */
    static IpAddress parseV6(String text) {
        int[] groups = new int[8];
        int count = 0;
        int gap = -1;
        int i = 0;
        if (text.startsWith("::")) {
            gap = 0;
            i = 2;
        } else if (text.startsWith(":")) {
            throw notAnAddress(text);
        }
        while (i < text.length()) {
            int end = i;
            while (end < text.length() && text.charAt(end) != ':') {
                end++;
            }
            String group = text.substring(i, end);
            if (group.indexOf('.') >= 0) {
                byte[] v4 = parseStrictV4(group).orElseThrow(() -> notAnAddress(text)).bytes;
                if (end != text.length() || count > 6) {
                    throw notAnAddress(text);
                }
                groups[count++] = (v4[0] & 0xff) << 8 | (v4[1] & 0xff);
                groups[count++] = (v4[2] & 0xff) << 8 | (v4[3] & 0xff);
                i = end;
                break;
            }
            if (count > 7) {
                throw notAnAddress(text);
            }
            groups[count++] = parseGroup(text, group);
            if (end == text.length()) {
                i = end;
            } else if (end + 1 < text.length() && text.charAt(end + 1) == ':') {
                if (gap >= 0) {
                    throw notAnAddress(text);
                }
                gap = count;
                i = end + 2;
            } else if (end + 1 == text.length()) {
                throw notAnAddress(text);
            } else {
                i = end + 1;
            }
        }
        if (gap < 0 ? count != 8 : count > 7) {
            throw notAnAddress(text);
        }
        return of(expand(groups, count, gap));
    }

    private static int parseGroup(String text, String group) {
        if (group.isEmpty() || group.length() > 4) {
            throw notAnAddress(text);
        }
        int value = 0;
        for (int i = 0; i < group.length(); i++) {
            int digit = group.charAt(i) < 0x80 ? Character.digit(group.charAt(i), 16) : -1;
            if (digit < 0) {
                throw notAnAddress(text);
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static byte[] expand(int[] groups, int count, int gap) {
        byte[] out = new byte[16];
        int tail = gap < 0 ? 0 : count - gap;
        for (int g = 0; g < count; g++) {
            int at = gap >= 0 && g >= gap ? 8 - tail + (g - gap) : g;
            out[2 * at] = (byte) (groups[g] >> 8);
            out[2 * at + 1] = (byte) groups[g];
        }
        return out;
    }

    private static boolean isMapped(byte[] raw) {
        for (int i = 0; i < 10; i++) {
            if (raw[i] != 0) {
                return false;
            }
        }
        return raw[10] == (byte) 0xff && raw[11] == (byte) 0xff;
    }

    private static HostSyntaxException notAnAddress(String text) {
        return new HostSyntaxException(
                "'"
                        + Hostname.printable(text)
                        + "' is not an IP address (expected: dotted IPv4 or IPv6)");
    }

    /** True for IPv4, and for IPv6 that merely wraps it (::ffff:0:0/96). */
    public boolean isV4() {
        return bytes.length == 4;
    }

    /** A copy of the 4 or 16 bytes, in network order. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    int byteAt(int index) {
        return bytes[index] & 0xff;
    }

    int length() {
        return bytes.length;
    }

    /** The JDK's type for dialling. */
    public InetAddress toInetAddress() {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("An address of " + bytes.length + " bytes", e);
        }
    }

    /** True for 127.0.0.0/8 and ::1. */
    public boolean isLoopback() {
        return toInetAddress().isLoopbackAddress();
    }

    @Override
    public String text() {
        if (isV4()) {
            return (bytes[0] & 0xff)
                    + "."
                    + (bytes[1] & 0xff)
                    + "."
                    + (bytes[2] & 0xff)
                    + "."
                    + (bytes[3] & 0xff);
        }
        return v6Text();
    }

    /** RFC 5952: lower case, the longest run of two or more zero groups compressed. */
    private String v6Text() {
        int bestStart = -1;
        int bestLength = 1;
        for (int g = 0; g < 8; g++) {
            int run = 0;
            while (g + run < 8 && group(g + run) == 0) {
                run++;
            }
            if (run > bestLength) {
                bestStart = g;
                bestLength = run;
            }
            g += run;
        }
        StringBuilder out = new StringBuilder(39);
        for (int g = 0; g < 8; g++) {
            if (g == bestStart) {
                out.append("::");
                g += bestLength - 1;
                continue;
            }
            if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
                out.append(':');
            }
            out.append(Integer.toHexString(group(g)));
        }
        return out.toString();
    }

    private int group(int index) {
        return (bytes[2 * index] & 0xff) << 8 | (bytes[2 * index + 1] & 0xff);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return text();
    }
}
