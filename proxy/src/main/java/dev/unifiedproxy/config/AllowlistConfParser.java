package dev.unifiedproxy.config;

import dev.unifiedproxy.policy.AllowRule;
import dev.unifiedproxy.policy.Allowlist;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the line form of an allowlist: {@code [!]pattern[:port] [type]}, {@code #} for comments.
 *
 * <p>A comment of the form {@code # a.b.c.d/nn} is an address block for firewalls that read the
 * same file; it allows nothing here.
 */
public final class AllowlistConfParser {
    /** The largest file, in bytes. */
    public static final int MAX_BYTES = 64 << 20;

    private static final String DEFAULT_TYPE = "generic";
    private static final int MAX_TYPE = 64;

    private final String file;
    private final String name;
    private final Problems problems = new Problems();
    private final List<AllowRule> rules = new ArrayList<>();

    private AllowlistConfParser(String file) {
        this.file = file;
        this.name = file.substring(file.lastIndexOf('/') + 1);
    }

    /**
     * Reads a file's content.
     *
     * @param file the path, for problems; rules carry its last part only, which sandboxes may see
     * @throws ConfigurationException with every line that is not of that form
     */
    public static Allowlist parse(String file, byte[] content) {
        String text = Utf8.decode(file, content, MAX_BYTES);
        AllowlistConfParser parser = new AllowlistConfParser(file);
        int number = 0;
        int start = 0;
        while (start <= text.length()) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            parser.line(++number, text.substring(start, end));
            start = end + 1;
        }
        parser.problems.throwIfAny();
        return new Allowlist(parser.rules, List.of(), List.of());
    }

    private void line(int number, String line) {
        int patternStart = skipBlanks(line, 0);
        if (patternStart == line.length() || line.charAt(patternStart) == '#') {
            return;
        }
        int patternEnd = skipWord(line, patternStart);
        int typeStart = skipBlanks(line, patternEnd);
        int typeEnd = skipWord(line, typeStart);
        boolean comment = typeStart < line.length() && line.charAt(typeStart) == '#';
        String type =
                typeStart == typeEnd || comment ? DEFAULT_TYPE : line.substring(typeStart, typeEnd);
        if (!isType(type)) {
            problem(
                    number,
                    typeStart,
                    Problem.quoted(type)
                            + " is not a type (expected: at most 64 letters, digits, '-' and '_')");
        }
        int rest = comment ? line.length() : skipBlanks(line, typeEnd);
        if (rest < line.length() && line.charAt(rest) != '#') {
            problem(
                    number,
                    rest,
                    Problem.quoted(line.substring(rest, skipWord(line, rest)))
                            + " is too much (expected: pattern [type])");
        }
        try {
            String pattern = line.substring(patternStart, patternEnd);
            rules.add(HostRuleSyntax.parse(pattern, name + ":" + number, type));
        } catch (IllegalArgumentException e) {
            problem(number, patternStart, String.valueOf(e.getMessage()));
        }
    }

    private void problem(int line, int index, String message) {
        problems.add(new Problem(file, line, index + 1, message));
    }

    private static boolean isType(String type) {
        boolean valid = type.length() <= MAX_TYPE;
        for (int i = 0; valid && i < type.length(); i++) {
            char c = type.charAt(i);
            int lower = c | 0x20;
            valid =
                    (lower >= 'a' && lower <= 'z')
                            || (c >= '0' && c <= '9')
                            || c == '-'
                            || c == '_';
        }
        return valid;
    }

    private static int skipBlanks(String line, int from) {
        int i = from;
        while (i < line.length() && isBlank(line.charAt(i))) {
            i++;
        }
        return i;
    }

    private static int skipWord(String line, int from) {
        int i = from;
        while (i < line.length() && !isBlank(line.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }
}
