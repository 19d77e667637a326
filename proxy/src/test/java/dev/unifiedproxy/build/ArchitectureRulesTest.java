package dev.unifiedproxy.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Each architecture rule fails on a class that was planted to break it. */
final class ArchitectureRulesTest {
    private static final String BASE = "dev.unifiedproxy.build.planted";
    private static final ArchitectureRules RULES = new ArchitectureRules(BASE);
    private static final JavaClasses PLANTED = new ClassFileImporter().importPackages(BASE);

    @ParameterizedTest
    @CsvSource({
        "packageTable,UpwardUser",
        "noCycles,CycleEnd",
        "purePackages,NettyUser",
        "purePackages,FileReader",
        "purePackages,EnvironmentReader",
        "nettyOnlyAtTheEdges,NettyUser",
        "sqlOnlyInRegistry,SqlUser",
        "secretsRevealedOnlyInCredential,SecretReader",
        "timeIsInjected,ClockReader",
        "timeIsInjected,TickerReference",
        "stageConstructorsAreHidden,AuthorizedRequest",
        "stagesAreMadeOnlyAtHome,CycleEnd",
        "nobodySleeps,Sleeper",
        "eventLoopsDoNotBlock,Blocking.join",
        "eventLoopsDoNotBlock,Blocking.sync",
        "eventLoopsDoNotLock,Blocking.lock",
        "onlyTheGuardedResolverResolves,Resolving",
        "onlyTheGuardedResolverResolves,NameDialler",
        "publicClassesAreFinal,OpenClass",
        "packagesAreNullMarked,planted.metrics",
        "namesSayWhatAThingIs,HostUtils",
    })
    void ruleFindsThePlantedClass(String rule, String planted) {
        assertThat(violations(rule)).contains(planted);
    }

    @ParameterizedTest
    @CsvSource({
        "packageTable,Sleeper",
        "purePackages,HostUtils",
        "timeIsInjected,Sleeper",
        "eventLoopsDoNotBlock,Sleeper",
        "stagesAreMadeOnlyAtHome,NettyUser",
        "publicClassesAreFinal,CycleEnd",
        "secretsRevealedOnlyInCredential,NettyUser",
    })
    void ruleLeavesTheInnocentAlone(String rule, String innocent) {
        assertThat(violations(rule)).doesNotContain(innocent);
    }

    @Test
    void noRuleIsUnproved() throws NoSuchMethodException {
        CsvSource table =
                ArchitectureRulesTest.class
                        .getDeclaredMethod("ruleFindsThePlantedClass", String.class, String.class)
                        .getAnnotation(CsvSource.class);
        Stream<String> proved =
                Arrays.stream(Objects.requireNonNull(table).value())
                        .map(row -> row.substring(0, row.indexOf(',')));
        assertThat(proved.collect(Collectors.toSet())).isEqualTo(RULES.all().keySet());
    }

    private static String violations(String rule) {
        ArchRule found = Objects.requireNonNull(RULES.all().get(rule));
        return String.join("\n", found.evaluate(PLANTED).getFailureReport().getDetails());
    }
}
