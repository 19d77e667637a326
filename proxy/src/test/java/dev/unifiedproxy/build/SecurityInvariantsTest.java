package dev.unifiedproxy.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Every test that docs/security-invariants.md names exists, and each of its rules names one. */
final class SecurityInvariantsTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "security-invariants.md");
    private static final Pattern REFERENCE = Pattern.compile("`([A-Z]\\w*Test)(?:#(\\w+))?`");
    private static final Pattern SECTION = Pattern.compile("(?m)^## (\\d+)\\. ");
    private static final JavaClasses TESTS =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
                    .importPackages("dev.unifiedproxy");

    @Test
    void everyNamedTestExists() throws IOException {
        List<String> missing =
                REFERENCE
                        .matcher(Files.readString(DOCUMENT))
                        .results()
                        .filter(reference -> !exists(reference))
                        .map(MatchResult::group)
                        .toList();
        assertThat(missing).isEmpty();
    }

    @Test
    void theTwelveRulesAreThere() throws IOException {
        assertThat(SECTION.matcher(Files.readString(DOCUMENT)).results().map(r -> r.group(1)))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 12).mapToObj(Integer::toString).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "`NoSuchTest`",
                "`SecurityInvariantsTest#noSuchMethod`",
                "`NoSuchTest#exists`"
            })
    void missingTestIsFound(String text) {
        assertThat(REFERENCE.matcher(text).results()).hasSize(1).noneMatch(this::exists);
    }

    private boolean exists(MatchResult reference) {
        return TESTS.stream()
                .filter(type -> type.getSimpleName().equals(reference.group(1)))
                .anyMatch(
                        type -> reference.group(2) == null || hasMethod(type, reference.group(2)));
    }

    private static boolean hasMethod(JavaClass type, String name) {
        return type.getMethods().stream().anyMatch(method -> method.getName().equals(name));
    }
}
