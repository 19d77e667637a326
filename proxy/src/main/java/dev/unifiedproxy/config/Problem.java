package dev.unifiedproxy.config;

/**
 * One thing that is wrong with the configuration.
 *
 * @param file the file, or empty for an environment variable or a flag
 * @param line counted from 1, or 0 where the problem is not at a line
 * @param column counted from 1, or 0
 * @param message the thing, its value and what was expected
 */
public record Problem(String file, int line, int column, String message) {
    private static final int MAX_SHOWN = 100;

    /** A problem with a setting that stands in no file. */
    static Problem ofSetting(String name, String value, String expected) {
        return new Problem("", 0, 0, name + ": " + quoted(value) + " (expected: " + expected + ")");
    }

    /** A problem with a file as a whole. */
    static Problem ofFile(String file, String message) {
        return new Problem(file, 0, 0, message);
    }

    /** The text in quotes, unprintable characters escaped, cut to 100 characters. */
    static String quoted(String text) {
        StringBuilder out = new StringBuilder("'");
        for (int i = 0; i < text.length(); i++) {
            if (out.length() > MAX_SHOWN) {
                return out.append("…'").toString();
            }
            char c = text.charAt(i);
            boolean hidden =
                    Character.isISOControl(c)
                            || Character.isSurrogate(c)
                            || Character.getType(c) == Character.FORMAT
                            || c == '\u2028'
                            || c == '\u2029';
            if (hidden) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('\'').toString();
    }

    /** {@code file:line:column: message}, without what is absent. */
    @Override
    public String toString() {
        if (file.isEmpty()) {
            return message;
        }
        return line == 0
                ? file + ": " + message
                : file + ":" + line + ":" + column + ": " + message;
    }
}
