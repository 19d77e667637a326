package dev.unifiedproxy.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Objects;
import java.util.Set;

/** Holds the product to the package table and the rules of docs/architecture.md. */
final class ArchitectureTest {
    private static final String BASE = "dev.unifiedproxy";
    private static final ArchitectureRules RULES = new ArchitectureRules(BASE);
    private static final JavaClasses PRODUCT =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(BASE);

    static Set<String> rules() {
        return RULES.all().keySet();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void productKeepsTheRule(String rule) {
        Objects.requireNonNull(RULES.all().get(rule)).check(PRODUCT);
    }

    @Test
    void theProductIsWhatIsRead() {
        assertThat(PRODUCT.stream().map(JavaClass::getSimpleName))
                .contains("Hostname", "InboundRequest", "Main")
                .doesNotContain("ArchitectureTest", "ArchitectureRules");
    }

    @Test
    void everyPackageIsInTheTable() {
        assertThat(PRODUCT.stream().map(JavaClass::getPackageName).distinct())
                .allSatisfy(
                        name ->
                                assertThat(ArchitectureRules.MAY_USE)
                                        .containsKey(name.substring(BASE.length() + 1)));
    }
}
