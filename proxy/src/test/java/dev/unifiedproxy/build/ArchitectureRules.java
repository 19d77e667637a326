package dev.unifiedproxy.build;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;

import org.jspecify.annotations.NullMarked;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import javax.net.ssl.KeyManager;

/**
 * The rules of docs/architecture.md for the packages below one base package; the base is a
 * parameter so that each rule can be shown to fail on planted classes.
 */
final class ArchitectureRules {
    /** The package table: for each package the whole list of packages that it may use. */
    static final Map<String, Set<String>> MAY_USE = packageTable();

    private static final Set<String> PURE =
            Set.of("host", "error", "json", "container", "http", "limit", "policy", "github");
    private static final List<String> PURE_PACKAGES =
            List.of(
                    "java.lang",
                    "java.lang.annotation",
                    "java.lang.constant",
                    "java.lang.invoke",
                    "java.lang.runtime",
                    "java.math",
                    "java.nio",
                    "java.nio.charset",
                    "java.time",
                    "java.time.format",
                    "java.time.temporal",
                    "java.util",
                    "java.util.concurrent.atomic",
                    "java.util.function",
                    "java.util.regex",
                    "java.util.stream",
                    "org.jspecify.annotations");
    private static final Set<String> PURE_CLASSES =
            Set.of(
                    "java.net.IDN",
                    "java.net.InetAddress",
                    "java.net.UnknownHostException",
                    "java.util.concurrent.ConcurrentHashMap",
                    "java.util.concurrent.ConcurrentMap",
                    "java.util.concurrent.TimeUnit",
                    "java.util.zip.CRC32",
                    "java.util.zip.DataFormatException",
                    "java.util.zip.Inflater");
    private static final Set<String> IMPURE_CLASSES =
            Set.of(
                    "java.lang.Process",
                    "java.lang.ProcessBuilder",
                    "java.lang.ProcessHandle",
                    "java.lang.Runtime",
                    "java.lang.Thread",
                    "java.lang.ThreadLocal",
                    "java.lang.System$Logger",
                    "java.util.Timer",
                    "java.util.ServiceLoader");

    private final String base;
    private final Features features;

    ArchitectureRules(String base) {
        this.base = base;
        features = new Features(base);
    }

    private static Map<String, Set<String>> packageTable() {
        Map<String, Set<String>> table = new TreeMap<>();
        table.put("host", Set.of());
        table.put("error", Set.of());
        table.put("json", Set.of());
        table.put("logging", Set.of());
        table.put("container", Features.words("host"));
        table.put("http", Features.words("host error"));
        table.put("limit", Features.words("container host"));
        table.put("identity", Features.words("container http error host"));
        table.put("policy", Features.words("identity http host container error json"));
        table.put("github", Features.words("policy json identity http host container error"));
        table.put("credential", Features.words("policy http host error container identity"));
        table.put("audit", Features.words("container policy host error"));
        table.put("metrics", Features.words("container policy host error"));
        table.put("transport", Features.words("http error host"));
        table.put("tls", Features.words("host error"));
        table.put("upstream", Features.words("credential policy http host error transport"));
        table.put("registry", Features.words("container host error identity"));
        table.put("listener", Features.words("http tls transport host error container"));
        table.put(
                "control",
                Features.words(
                        "registry container policy audit metrics transport error limit identity"
                                + " host"));
        String path =
                "host error container http limit identity policy credential upstream audit metrics"
                        + " transport json github";
        table.put("pipeline", Features.words(path));
        String features = path + " pipeline tls listener registry control";
        table.put("config", Features.words(features));
        table.put("app", Features.words(features + " config logging"));
        table.put("cli", Features.words("app config control tls host"));
        return Map.copyOf(table);
    }

    /** All rules by name. */
    Map<String, ArchRule> all() {
        Map<String, ArchRule> rules = new TreeMap<>();
        rules.put("packageTable", packageTableHolds());
        rules.put("noCycles", noCycles());
        rules.put("purePackages", purePackages());
        rules.put("nettyOnlyAtTheEdges", nettyOnlyAtTheEdges());
        rules.put("sqlOnlyInRegistry", sqlOnlyInRegistry());
        rules.put("publicClassesAreFinal", publicClassesAreFinal());
        rules.put("packagesAreNullMarked", packagesAreNullMarked());
        rules.put("namesSayWhatAThingIs", namesSayWhatAThingIs());
        rules.putAll(new CallRules(features).all());
        return rules;
    }

    private ArchRule packageTableHolds() {
        return classes()
                .that(features.below())
                .should(
                        Features.forEach(
                                "use only what the package table lists",
                                type ->
                                        type.getDirectDependenciesFromSelf().stream()
                                                .filter(this::outsideTheTable)
                                                .map(Dependency::getDescription)
                                                .toList()))
                .allowEmptyShould(true);
    }

    private boolean outsideTheTable(Dependency dependency) {
        String from = features.feature(dependency.getOriginClass());
        String to = features.feature(dependency.getTargetClass().getBaseComponentType());
        if (!MAY_USE.containsKey(from)) {
            return true;
        }
        return !to.isEmpty()
                && !to.equals(from)
                && !MAY_USE.getOrDefault(from, Set.of()).contains(to);
    }

    private ArchRule noCycles() {
        return slices().matching(base + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true);
    }

    private ArchRule purePackages() {
        return classes()
                .that(features.in(PURE))
                .should(
                        Features.forEach(
                                "use only the JDK's value classes",
                                type ->
                                        Stream.concat(
                                                        type
                                                                .getDirectDependenciesFromSelf()
                                                                .stream()
                                                                .filter(d -> isImpure(type, d))
                                                                .map(Dependency::getDescription),
                                                        type.getAccessesFromSelf().stream()
                                                                .filter(
                                                                        ArchitectureRules
                                                                                ::touchesSystem)
                                                                .map(JavaAccess::getDescription))
                                                .toList()))
                .allowEmptyShould(true);
    }

    private boolean isImpure(JavaClass origin, Dependency dependency) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        String name = target.getName();
        if (target.isPrimitive() || !features.feature(target).isEmpty()) {
            return false;
        }
        if (features.feature(origin).equals("limit")
                && (name.startsWith("io.github.bucket4j.")
                        || name.startsWith("com.github.benmanes.caffeine."))) {
            return false;
        }
        if (features.feature(origin).equals("json") && name.startsWith("tools.jackson.core.")) {
            return false;
        }
        if (features.feature(origin).equals("github") && name.startsWith("graphql.")) {
            return false;
        }
        return IMPURE_CLASSES.contains(name)
                || (!PURE_PACKAGES.contains(target.getPackageName())
                        && !PURE_CLASSES.contains(name));
    }

    private static boolean touchesSystem(JavaAccess<?> access) {
        return access.getTargetOwner().isEquivalentTo(System.class)
                && !access.getTarget().getName().equals("arraycopy");
    }

    private ArchRule nettyOnlyAtTheEdges() {
        return noClasses()
                .that(features.notIn(Features.words("transport listener upstream control tls app")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .allowEmptyShould(true);
    }

    private ArchRule sqlOnlyInRegistry() {
        return noClasses()
                .that(features.notIn(Set.of("registry")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..")
                .allowEmptyShould(true);
    }

    private ArchRule publicClassesAreFinal() {
        return classes()
                .that(features.below())
                .and()
                .arePublic()
                .should(
                        Features.forEach(
                                "be final, sealed or a throwable",
                                type ->
                                        isOpen(type)
                                                ? List.of(type.getName() + " is open to subclasses")
                                                : List.of()))
                .allowEmptyShould(true);
    }

    private static boolean isOpen(JavaClass type) {
        return !type.isInterface()
                && !type.isEnum()
                && !type.getModifiers().contains(JavaModifier.FINAL)
                && !type.isAssignableTo(Throwable.class)
                && !type.reflect().isSealed();
    }

    private ArchRule packagesAreNullMarked() {
        return classes()
                .that(features.below())
                .should(
                        Features.forEach(
                                "stand in a package whose package-info is @NullMarked",
                                type ->
                                        type.getPackage().isAnnotatedWith(NullMarked.class)
                                                ? List.of()
                                                : List.of(
                                                        type.getPackageName()
                                                                + " is not @NullMarked")))
                .allowEmptyShould(true);
    }

    private ArchRule namesSayWhatAThingIs() {
        return classes()
                .that(features.below())
                .and()
                .areNotAssignableTo(KeyManager.class) // the JDK's own word
                .should()
                .haveNameNotMatching(".*(Utils?|Helpers?|Manager|Impl)")
                .allowEmptyShould(true);
    }
}
