package dev.unifiedproxy.build;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What code may not do in which package: wait, sleep, resolve, read the clock, reveal, forge. */
final class CallRules {
    private static final Set<String> EVENT_LOOP =
            Set.of("transport", "listener", "upstream", "pipeline", "tls");

    private static final Set<String> STAGES =
            Set.of(
                    "InboundRequest",
                    "IdentifiedRequest",
                    "AuthorizedRequest",
                    "PassThroughPermit",
                    "OutboundRequest");

    private static final Set<String> BLOCKING_NAMES =
            Set.of(
                    "get",
                    "join",
                    "sync",
                    "syncUninterruptibly",
                    "await",
                    "awaitUninterruptibly",
                    "acquire",
                    "take",
                    "invokeAll",
                    "invokeAny",
                    "awaitTermination");

    /** Starting and stopping run on the main thread, before and after there is traffic. */
    private static final Set<String> MAIN_THREAD =
            Set.of("ForwardListener.bind", "ForwardListener.close");

    /** Counts references under its monitor, in constant time. */
    private static final Set<String> CONSTANT_TIME_MONITORS = Set.of("LeafContext");

    private final Features features;

    CallRules(Features features) {
        this.features = features;
    }

    /** The rules by name. */
    Map<String, ArchRule> all() {
        Map<String, ArchRule> rules = new TreeMap<>();
        rules.put("secretsRevealedOnlyInCredential", secretsRevealedOnlyInCredential());
        rules.put("timeIsInjected", timeIsInjected());
        rules.put("stageConstructorsAreHidden", stageConstructorsAreHidden());
        rules.put("stagesAreMadeOnlyAtHome", stagesAreMadeOnlyAtHome());
        rules.put("nobodySleeps", nobodySleeps());
        rules.put("eventLoopsDoNotBlock", eventLoopsDoNotBlock());
        rules.put("eventLoopsDoNotLock", eventLoopsDoNotLock());
        rules.put("onlyTheGuardedResolverResolves", onlyTheGuardedResolverResolves());
        return rules;
    }

    private ArchRule secretsRevealedOnlyInCredential() {
        return noAccess(
                "reveal a secret",
                features.notIn(Set.of("credential")),
                access ->
                        access.getTarget().getName().equals("reveal")
                                && access.getTargetOwner().getSimpleName().equals("Secret"));
    }

    private ArchRule timeIsInjected() {
        return noAccess(
                "read the clock", features.notIn(Set.of("app", "cli")), CallRules::readsTheClock);
    }

    private static boolean readsTheClock(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        String name = access.getTarget().getName();
        return switch (owner) {
            case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
            case "java.time.InstantSource" -> name.equals("system");
            case "java.util.Date", "java.util.GregorianCalendar" ->
                    name.equals("<init>") && hasNoParameters(access);
            default ->
                    owner.startsWith("java.time.")
                            && ((name.equals("now") && hasNoParameters(access))
                                    || name.startsWith("system"));
        };
    }

    private static boolean hasNoParameters(JavaAccess<?> access) {
        return access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget t
                && t.getRawParameterTypes().isEmpty();
    }

    private ArchRule stageConstructorsAreHidden() {
        return constructors()
                .that()
                .areDeclaredInClassesThat(
                        features.below()
                                .and(
                                        Features.predicate(
                                                "are stages of a request",
                                                type -> STAGES.contains(type.getSimpleName()))))
                .should()
                .notBePublic()
                .andShould()
                .notBeProtected()
                .allowEmptyShould(true);
    }

    private ArchRule stagesAreMadeOnlyAtHome() {
        return classes()
                .that(features.below())
                .should(
                        Features.forEach(
                                "construct only the stage of their own package",
                                type ->
                                        type.getAccessesFromSelf().stream()
                                                .filter(
                                                        a ->
                                                                a.getTarget()
                                                                        .getName()
                                                                        .equals("<init>"))
                                                .filter(
                                                        a ->
                                                                STAGES.contains(
                                                                        a.getTargetOwner()
                                                                                .getSimpleName()))
                                                .filter(
                                                        a ->
                                                                !a.getTargetOwner()
                                                                        .getPackageName()
                                                                        .equals(
                                                                                type
                                                                                        .getPackageName()))
                                                .map(JavaAccess::getDescription)
                                                .toList()))
                .allowEmptyShould(true);
    }

    private ArchRule nobodySleeps() {
        return noAccess(
                "sleep",
                features.below(),
                access ->
                        access.getTarget().getName().equals("sleep")
                                && access.getTargetOwner().getName().startsWith("java."));
    }

    private ArchRule eventLoopsDoNotBlock() {
        return noAccess(
                "wait for something on an event loop", features.in(EVENT_LOOP), CallRules::blocks);
    }

    private static boolean blocks(JavaAccess<?> access) {
        String origin =
                access.getOriginOwner().getSimpleName() + "." + access.getOrigin().getName();
        return !MAIN_THREAD.contains(origin) && waits(access);
    }

    private static boolean waits(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        String name = access.getTarget().getName();
        if (owner.isEquivalentTo(Object.class)) {
            return name.equals("wait");
        }
        return BLOCKING_NAMES.contains(name)
                && Stream.of(
                                java.util.concurrent.Future.class,
                                java.util.concurrent.BlockingQueue.class,
                                java.util.concurrent.ExecutorService.class,
                                java.util.concurrent.Semaphore.class,
                                java.util.concurrent.locks.Condition.class,
                                CountDownLatch.class,
                                Thread.class)
                        .anyMatch(owner::isAssignableTo);
    }

    private ArchRule eventLoopsDoNotLock() {
        return methods()
                .that()
                .areDeclaredInClassesThat(
                        features.in(EVENT_LOOP)
                                .and(
                                        Features.predicate(
                                                "may not hold a monitor",
                                                type ->
                                                        !CONSTANT_TIME_MONITORS.contains(
                                                                type.getSimpleName()))))
                .should()
                .notHaveModifier(JavaModifier.SYNCHRONIZED)
                .allowEmptyShould(true);
    }

    /**
     * The JDK's resolver blocks, and its answers have not passed the guard: an address that is
     * dialled comes from the upstream package's own resolver.
     */
    private ArchRule onlyTheGuardedResolverResolves() {
        return noAccess(
                "resolve a name with the JDK",
                features.notIn(Set.of("app", "cli", "config")),
                access -> {
                    String owner = access.getTargetOwner().getName();
                    String name = access.getTarget().getName();
                    return (owner.startsWith("java.net.Inet")
                                    && Set.of(
                                                    "getByName",
                                                    "getAllByName",
                                                    "getLocalHost",
                                                    "getHostName",
                                                    "getCanonicalHostName",
                                                    "isReachable")
                                            .contains(name))
                            || (owner.equals("java.net.InetSocketAddress")
                                    && name.equals("<init>")
                                    && firstParameterIsText(access));
                });
    }

    private static boolean firstParameterIsText(JavaAccess<?> access) {
        return access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget t
                && t.getRawParameterTypes().getFirst().isEquivalentTo(String.class);
    }

    private ArchRule noAccess(
            String what, DescribedPredicate<JavaClass> where, Predicate<JavaAccess<?>> forbidden) {
        return classes()
                .that(where)
                .should(
                        Features.forEach(
                                "not " + what,
                                type ->
                                        type.getAccessesFromSelf().stream()
                                                .filter(forbidden)
                                                .map(JavaAccess::getDescription)
                                                .toList()))
                .allowEmptyShould(true);
    }
}
