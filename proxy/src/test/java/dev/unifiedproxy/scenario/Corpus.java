package dev.unifiedproxy.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a file of named raw messages; its format is told at the top of each file. */
final class Corpus {
    private static final Pattern REPEAT = Pattern.compile("\\{([^{}]+)\\*(\\d+)}");

    /** One entry: a name, and keys with their text. */
    record Entry(String name, Map<String, String> texts) {
        String text(String key) {
            return Objects.requireNonNull(texts.get(key), name + " has no " + key);
        }

        Optional<String> bytes(String key) {
            return Optional.ofNullable(texts.get(key)).map(Corpus::unescape);
        }

        /** Shown as the name of its test. */
        @Override
        public String toString() {
            return name;
        }
    }

    private Corpus() {}

    static List<Entry> read(String file) throws IOException {
        String text;
        try (InputStream in =
                Objects.requireNonNull(Corpus.class.getResourceAsStream(file), file)) {
            text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
        List<Entry> entries = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("== ")) {
                entries.add(new Entry(line.substring(3), new LinkedHashMap<>()));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                int colon = line.indexOf(": ");
                entries.getLast()
                        .texts
                        .put(line.substring(0, colon), line.substring(colon + 2).stripLeading());
            }
        }
        return entries;
    }

    /** Escapes to the characters that they stand for, one a byte. */
    static String unescape(String text) {
        String repeated =
                REPEAT.matcher(text)
                        .replaceAll(
                                match ->
                                        Matcher.quoteReplacement(
                                                match.group(1)
                                                        .repeat(Integer.parseInt(match.group(2)))));
        StringBuilder out = new StringBuilder(repeated.length());
        int i = 0;
        while (i < repeated.length()) {
            char c = repeated.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            switch (repeated.charAt(i++)) {
                case 'r' -> out.append('\r');
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case '0' -> out.append('\0');
                case '\\' -> out.append('\\');
                case 'x' -> {
                    out.append((char) Integer.parseInt(repeated.substring(i, i + 2), 16));
                    i += 2;
                }
                default -> throw new IllegalArgumentException("Unknown escape in " + text);
            }
        }
        return out.toString();
    }
}
