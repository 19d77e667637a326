package dev.unifiedproxy.build;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rules that only the source text shows. */
final class SourceRulesTest {
    private static final Path MAIN = Path.of("src", "main");
    private static final Path TEST = Path.of("src", "test", "java");
    private static final int MAX_LINES = 400;
    private static final Map<String, Pattern> FORBIDDEN =
            Map.of(
                    "unfinished work",
                    Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b"),
                    "swallowed exception",
                    Pattern.compile(
                            "catch\\s*\\([^)]*\\bignored?\\s*\\)"
                                    + "|catch\\s*\\([^)]*\\)\\s*\\{\\s*\\}"),
                    "path of one machine",
                    Pattern.compile("[\"' (=]/(root|work|home/\\w+|Users)(/|\\b)"),
                    "lock on an event loop",
                    Pattern.compile("\\bsynchronized\\s*\\("));

    @Test
    void mainSourcesKeepTheRules() throws IOException {
        Map<Path, String> sources = textsBelow(MAIN);
        assertThat(sources).hasSizeGreaterThan(40);
        assertThat(violations(sources)).isEmpty();
    }

    @Test
    void filesStaySmall() throws IOException {
        Map<Path, String> files = textsBelow(MAIN);
        files.putAll(textsBelow(TEST));
        files.keySet().removeIf(file -> typeName(file).isEmpty());
        files.values().removeIf(text -> text.lines().count() <= MAX_LINES);
        assertThat(files.keySet()).as("files of more than %d lines", MAX_LINES).isEmpty();
    }

    @Test
    void everyMainTypeIsNamedByATest() throws IOException {
        String tests = String.join("\n", textsBelow(TEST).values());
        List<String> unnamed =
                textsBelow(MAIN).keySet().stream()
                        .map(SourceRulesTest::typeName)
                        .filter(name -> !name.isEmpty() && !names(tests, name))
                        .toList();
        assertThat(unnamed).as("types that no test names").isEmpty();
    }

    private static boolean names(String text, String type) {
        return Pattern.compile("\\b" + type + "(?:[A-Z]\\w*)?Test\\b|\\b" + type + "\\b")
                .matcher(text)
                .find();
    }

    private static String typeName(Path file) {
        String name = Objects.requireNonNull(file.getFileName()).toString();
        return name.endsWith(".java") && !name.equals("package-info.java")
                ? name.substring(0, name.length() - ".java".length())
                : "";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "unfinished work|// TO_DO: later",
                "swallowed exception|catch (IOException ignored) { close(); }",
                "swallowed exception|catch (IOException e) { }",
                "path of one machine|Path.of(\"/root/ca.pem\")",
                "path of one machine|Path.of(\"/home/someone\")",
                "lock on an event loop|synchronized (this) {",
            })
    void ruleFindsAPlantedLine(String rule, String line) {
        String planted = line.replace("TO_DO", "TO" + "DO");
        assertThat(violations(Map.of(Path.of("transport", "Planted.java"), planted)))
                .singleElement()
                .asString()
                .contains(rule, "Planted.java:1");
    }

    private static List<String> violations(Map<Path, String> sources) {
        List<String> found = new ArrayList<>();
        sources.forEach(
                (file, text) ->
                        FORBIDDEN.forEach(
                                (rule, pattern) -> {
                                    Matcher matcher = pattern.matcher(text);
                                    if (applies(rule, file) && matcher.find()) {
                                        long line =
                                                text.substring(0, matcher.start())
                                                                .chars()
                                                                .filter(c -> c == '\n')
                                                                .count()
                                                        + 1;
                                        found.add(rule + " in " + file + ":" + line);
                                    }
                                }));
        return found;
    }

    private static boolean applies(String rule, Path file) {
        return !rule.equals("lock on an event loop")
                || file.toString().matches(".*(transport|listener|upstream|pipeline|tls)/.*");
    }

    private static Map<Path, String> textsBelow(Path root) throws IOException {
        Map<Path, String> texts = new TreeMap<>();
        try (var files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (file.toString().matches(".*\\.(java|xml|properties|ya?ml|conf|txt)")) {
                    texts.put(file, Files.readString(file));
                }
            }
        }
        return texts;
    }
}
