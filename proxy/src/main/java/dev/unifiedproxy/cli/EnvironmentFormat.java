package dev.unifiedproxy.cli;

import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** How variables are written down. */
enum EnvironmentFormat {
    /** Lines that {@code eval "$(…)"} takes in any POSIX shell. */
    SHELL {
        @Override
        String render(Map<String, String> variables) {
            return lines(variables, "export %s=%s", EnvironmentFormat::shellQuote);
        }
    },
    /** Lines for {@code docker run --env-file} and dotenv readers; quoted only where it must be. */
    DOTENV {
        @Override
        String render(Map<String, String> variables) {
            return lines(variables, "%s=%s", EnvironmentFormat::dotenvQuote);
        }
    },
    /** One JSON object. */
    JSON {
        @Override
        String render(Map<String, String> variables) {
            return JsonText.pretty(variables) + "\n";
        }
    };

    /** The whole text, with a newline at its end. */
    abstract String render(Map<String, String> variables);

    private static String lines(
            Map<String, String> variables, String form, UnaryOperator<String> quote) {
        return variables.entrySet().stream()
                .map(entry -> form.formatted(entry.getKey(), quote.apply(entry.getValue())) + "\n")
                .collect(Collectors.joining());
    }

    /** In single quotes, where a shell gives nothing a meaning. */
    static String shellQuote(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }

    private static String dotenvQuote(String value) {
        boolean plain = value.chars().noneMatch(c -> c <= ' ' || "\"'\\#$`".indexOf(c) >= 0);
        if (plain) {
            return value;
        }
        return '"'
                + value.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("$", "\\$")
                        .replace("`", "\\`")
                        .replace("\n", "\\n")
                + '"';
    }
}
