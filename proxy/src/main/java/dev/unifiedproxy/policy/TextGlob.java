package dev.unifiedproxy.policy;

/**
 * A pattern of a whole text, in which {@code *} stands for any run of characters, none included.
 * Case-sensitive. Matching takes time in proportion to the product of both lengths at worst, and
 * never more.
 *
 * @param text the pattern as it stands in a file
 */
public record TextGlob(String text) {
    private static final int MAX_LENGTH = 256;

    /** Checks the length. */
    public TextGlob {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "has " + text.length() + " characters (expected: at most " + MAX_LENGTH + ")");
        }
    }

    /** Whether the value as a whole is one that the pattern describes. */
    public boolean matches(String value) {
        int at = 0;
        int in = 0;
        int star = -1;
        int resume = 0;
        while (at < value.length()) {
            if (in < text.length() && text.charAt(in) == '*') {
                star = in++;
                resume = at;
            } else if (in < text.length() && text.charAt(in) == value.charAt(at)) {
                in++;
                at++;
            } else if (star >= 0) {
                in = star + 1;
                at = ++resume;
            } else {
                return false;
            }
        }
        while (in < text.length() && text.charAt(in) == '*') {
            in++;
        }
        return in == text.length();
    }
}
