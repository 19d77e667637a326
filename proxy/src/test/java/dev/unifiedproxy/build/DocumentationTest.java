package dev.unifiedproxy.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the documents name exists: classes and methods, linked files and headings, settings, and the
 * package table.
 */
final class DocumentationTest {
    private static final Path ROOT = Path.of("..");
    private static final Path DOCS = ROOT.resolve("docs");

    /** Two words in one, or a method behind it: a single word may be a header field as well. */
    private static final Pattern NAME =
            Pattern.compile("`(?:([A-Z][a-z0-9]+[A-Z]\\w*)|([A-Z]\\w*)(?=#))(?:#(\\w+))?`");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern SETTING = Pattern.compile("\"([A-Z]+(?:_[A-Z]+)+)\"");
    private static final Pattern PACKAGE_ROW =
            Pattern.compile("(?m)^\\| `(\\w+)`(?: \\*pure\\*)? \\| [^|]+ \\| ([^|]+) \\|$");

    /** Names of others that look like ours. */
    private static final Set<String> FOREIGN = Set.of("InstantSource", "ServiceLoader");

    private static final List<String> DECISION_PARTS =
            List.of(
                    "Context",
                    "Decision",
                    "Rejected alternatives",
                    "Consequences",
                    "What would reopen this");

    private static final JavaClasses CLASSES =
            new ClassFileImporter().importPackages("dev.unifiedproxy");

    @Test
    void everyNamedClassAndMethodExists() throws IOException {
        assertThat(problems(DocumentationTest::missingNames)).isEmpty();
    }

    @Test
    void everyRelativeLinkLeadsSomewhere() throws IOException {
        assertThat(problems(DocumentationTest::brokenLinks)).isEmpty();
    }

    @Test
    void everySettingIsDescribed() throws IOException {
        String source =
                Files.readString(
                        Path.of("src/main/java/dev/unifiedproxy/config/SettingNames.java"));
        Set<String> settings =
                SETTING.matcher(source)
                        .results()
                        .map(setting -> setting.group(1))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(settings).hasSizeGreaterThan(30);
        String document = Files.readString(DOCS.resolve("configuration.md"));
        assertThat(settings).allMatch(setting -> document.contains("`" + setting + "`"));
    }

    @Test
    void packageTableIsTheOneThatIsEnforced() throws IOException {
        Map<String, Set<String>> documented = new TreeMap<>();
        PACKAGE_ROW
                .matcher(Files.readString(DOCS.resolve("architecture.md")))
                .results()
                .forEach(row -> documented.put(row.group(1), words(row.group(2))));
        documented.keySet().retainAll(ArchitectureRules.MAY_USE.keySet());
        assertThat(documented).containsExactlyInAnyOrderEntriesOf(ArchitectureRules.MAY_USE);
    }

    private static Set<String> words(String cell) {
        return Stream.of(cell.split("[ ,–]+"))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toSet());
    }

    @Test
    void everyDecisionHasAllItsParts() throws IOException {
        List<String> incomplete = new ArrayList<>();
        for (Path file : documents()) {
            if (file.getParent() != null && file.getParent().endsWith("adr")) {
                List<String> headings = headings(Files.readString(file));
                if (!headings.containsAll(DECISION_PARTS)) {
                    incomplete.add(file.toString());
                }
            }
        }
        assertThat(incomplete).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "`NoSuchClass`",
                "`DocumentationTest#noSuchMethod`",
                "`Nowhere#run`",
                "text `RequestPath` and `RequestPth`"
            })
    void missingNameIsFound(String text) {
        assertThat(missingNames(DOCS.resolve("planted.md"), text)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[a](nowhere.md)|1",
                "[a](architecture.md#nowhere)|1",
                "[a](#nowhere)|1",
                "[a](architecture.md)|0",
                "[a](architecture.md#four-decisions)|0",
                "[a](https://example.com/)|0",
            })
    void brokenLinkIsFound(String text, int expected) throws IOException {
        assertThat(brokenLinks(DOCS.resolve("planted.md"), text)).hasSize(expected);
    }

    private interface Check {
        List<String> problems(Path file, String text) throws IOException;
    }

    private static List<String> problems(Check check) throws IOException {
        List<String> found = new ArrayList<>();
        List<Path> files = documents();
        assertThat(files).hasSizeGreaterThan(15);
        for (Path file : files) {
            found.addAll(check.problems(file, Files.readString(file)));
        }
        return found;
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(DOCS)) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> missingNames(Path file, String text) {
        return NAME.matcher(text)
                .results()
                .filter(name -> !exists(name))
                .map(name -> file + ": " + name.group())
                .toList();
    }

    private static boolean exists(MatchResult name) {
        String type = name.group(1) == null ? name.group(2) : name.group(1);
        String member = name.group(3);
        return FOREIGN.contains(type)
                || CLASSES.stream()
                        .filter(each -> each.getSimpleName().equals(type))
                        .anyMatch(each -> member == null || hasMember(each, member));
    }

    private static boolean hasMember(JavaClass type, String name) {
        return type.getMembers().stream().anyMatch(member -> member.getName().equals(name));
    }

    private static List<String> brokenLinks(Path file, String text) throws IOException {
        List<String> broken = new ArrayList<>();
        for (MatchResult link : LINK.matcher(text).results().toList()) {
            String target = link.group(1);
            if (!target.contains("://") && !target.startsWith("mailto:") && !leads(file, target)) {
                broken.add(file + ": " + target);
            }
        }
        return broken;
    }

    private static boolean leads(Path file, String target) throws IOException {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path to = path.isEmpty() ? file : Objects.requireNonNull(file.getParent()).resolve(path);
        if (!Files.exists(to)) {
            return false;
        }
        return hash < 0 || anchors(Files.readString(to)).contains(target.substring(hash + 1));
    }

    private static List<String> headings(String text) {
        return HEADING.matcher(text).results().map(heading -> heading.group(1).strip()).toList();
    }

    /**
     * As GitHub makes them: lower case, no punctuation, hyphens for blanks, numbers for repeats.
     */
    private static Set<String> anchors(String text) {
        Map<String, Integer> seen = new HashMap<>();
        Set<String> anchors = new TreeSet<>();
        for (String heading : headings(text)) {
            String anchor =
                    heading.toLowerCase(Locale.ROOT)
                            .replaceAll("[^\\p{L}\\p{N} _-]", "")
                            .replace(' ', '-');
            int before = seen.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? anchor : anchor + "-" + before);
        }
        return anchors;
    }
}
