package dev.unifiedproxy.config;

import java.util.ArrayList;
import java.util.List;

/** Collects problems, so that all of them can be reported at once; keeps the first 100. */
final class Problems {
    private static final int MAX_KEPT = 100;

    private final List<Problem> kept = new ArrayList<>();

    void add(Problem problem) {
        if (kept.size() < MAX_KEPT) {
            kept.add(problem);
        }
    }

    void addAll(List<Problem> problems) {
        problems.forEach(this::add);
    }

    /** Ends here when there is a problem. */
    void throwIfAny() {
        if (!kept.isEmpty()) {
            throw new ConfigurationException(kept);
        }
    }
}
