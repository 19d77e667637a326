package dev.unifiedproxy.host;

import java.net.IDN;
import java.util.Locale;

/**
 * A DNS name in canonical form: lower case, A-labels, no trailing dot.
 *
 * <p>Stricter than <a href="https://datatracker.ietf.org/doc/html/rfc1123#section-2.1">RFC 1123
 * section 2.1</a> only where names are used to deceive: no byte outside printable ASCII is accepted
 * on the wire, a last label of digits is an address and not a name, and encoded private addresses
 * are left to the address guard.
 */
public final class Hostname implements Host {
    private static final int MAX_NAME = 253;
    private static final int MAX_LABEL = 63;

    /** Sharp s in both cases and final sigma. */
    private static final String DEVIATIONS = "\u00df\u1e9e\u03c2";

    private final String text;

    private Hostname(String text) {
        this.text = text;
    }

    /**
     * Parses a name from the wire.
     *
     * @param name letters, digits, hyphens, underscores and dots; one trailing dot is dropped
     * @throws HostSyntaxException when it is empty, too long, has an empty or overlong label, a
     *     byte outside that set, or a last label that looks like a number
     */
    public static Hostname parse(String name) {
        int length = name.endsWith(".") ? name.length() - 1 : name.length();
        if (length == 0 || length > MAX_NAME) {
            throw refuse(name, "a name of 1 to 253 characters");
        }
        int labelStart = 0;
        boolean upperCase = false;
        for (int i = 0; i <= length; i++) {
            char c = i == length ? '.' : name.charAt(i);
            if (c == '.') {
                checkLabel(name, labelStart, i);
                if (i < length) {
                    labelStart = i + 1;
                }
            } else if (c >= 'A' && c <= 'Z') {
                upperCase = true;
            } else if (!isLetterDigitHyphen(c)) {
                throw refuse(name, "letters, digits, '-', '_' and '.'");
            }
        }
        if (looksNumeric(name, labelStart, length)) {
            throw refuse(name, "a last label that is not a number");
        }
        String text = name.substring(0, length);
        return new Hostname(upperCase ? text.toLowerCase(Locale.ROOT) : text);
    }

    /**
     * Parses a name from a configuration file, where U-labels are welcome.
     *
     * <p>The JDK knows IDNA 2003 only. The characters that it maps to another name than browsers
     * and registries do (<a href="https://www.unicode.org/reports/tr46/#Deviations">UTS #46 section
     * 1.3.1</a>), and format characters, which it drops unseen, are refused: such a name has to be
     * written as its A-label.
     *
     * @throws HostSyntaxException when it has no A-label form or {@link #parse} would refuse that
     */
    public static Hostname parseUnicode(String name) {
        boolean ascii = true;
        for (int i = 0; i < name.length(); i++) {
            ascii &= name.charAt(i) < 0x80;
        }
        return parse(ascii ? name : toAscii(name));
    }

    private static String toAscii(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (DEVIATIONS.indexOf(c) >= 0 || Character.getType(c) == Character.FORMAT) {
                throw refuse(name, "the A-label (xn--…) of a name with such a character");
            }
        }
        try {
            return IDN.toASCII(name, IDN.USE_STD3_ASCII_RULES);
        } catch (IllegalArgumentException e) {
            throw refuse(name, "a name with an IDNA form");
        }
    }

    @Override
    public String text() {
        return text;
    }

    private static void checkLabel(String name, int start, int end) {
        if (end == start) {
            throw refuse(name, "no empty label");
        }
        if (end - start > MAX_LABEL) {
            throw refuse(name, "labels of at most 63 characters");
        }
        if (name.charAt(start) == '-' || name.charAt(end - 1) == '-') {
            throw refuse(name, "labels that neither start nor end with '-'");
        }
    }

    private static boolean isLetterDigitHyphen(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    /**
     * The WHATWG URL rule: a last label of digits, or 0x and hex digits, makes the host an address.
     */
    private static boolean looksNumeric(String name, int start, int end) {
        boolean hex =
                end - start >= 2
                        && name.charAt(start) == '0'
                        && (name.charAt(start + 1) | 0x20) == 'x';
        for (int i = hex ? start + 2 : start; i < end; i++) {
            char c = name.charAt(i);
            if (hex ? Character.digit(c, 16) < 0 : c < '0' || c > '9') {
                return false;
            }
        }
        return true;
    }

    private static HostSyntaxException refuse(String name, String expected) {
        return new HostSyntaxException(
                "Host name '" + printable(name) + "' is not valid (expected: " + expected + ")");
    }

    /** The text with everything outside printable ASCII escaped, cut to 100 characters. */
    static String printable(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && out.length() < 100; i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c > 0x7e) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Hostname that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
