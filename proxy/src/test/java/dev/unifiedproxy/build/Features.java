package dev.unifiedproxy.build;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The packages below one base package, and what rules are made of. */
final class Features {
    private final String base;

    Features(String base) {
        this.base = base;
    }

    String feature(JavaClass type) {
        String name = type.getPackageName();
        if (!name.startsWith(base + ".")) {
            return "";
        }
        int dot = name.indexOf('.', base.length() + 1);
        return name.substring(base.length() + 1, dot < 0 ? name.length() : dot);
    }

    DescribedPredicate<JavaClass> in(Set<String> features) {
        return predicate("are in " + features, type -> features.contains(feature(type)));
    }

    DescribedPredicate<JavaClass> notIn(Set<String> features) {
        return predicate(
                "are outside " + features,
                type -> !feature(type).isEmpty() && !features.contains(feature(type)));
    }

    DescribedPredicate<JavaClass> below() {
        return predicate("are below " + base, type -> type.getPackageName().startsWith(base + "."));
    }

    static DescribedPredicate<JavaClass> predicate(String description, Predicate<JavaClass> test) {
        return DescribedPredicate.describe(description, test);
    }

    static Set<String> words(String names) {
        return Set.of(names.split(" "));
    }

    interface Check {
        List<String> violations(JavaClass type);
    }

    static ArchCondition<JavaClass> forEach(String description, Check check) {
        return new ArchCondition<>(description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (String violation : check.violations(type)) {
                    events.add(SimpleConditionEvent.violated(type, violation));
                }
            }
        };
    }
}
