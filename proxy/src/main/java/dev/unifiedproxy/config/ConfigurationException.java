package dev.unifiedproxy.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The configuration cannot be used. The message has one problem on each line.
 *
 * <p>No stack trace: the places that matter are those in the files.
 */
public final class ConfigurationException extends RuntimeException {
    private final transient List<Problem> problems;

    /** Carries at least one problem. */
    public ConfigurationException(List<Problem> problems) {
        super(null, null, false, false);
        this.problems = List.copyOf(problems);
    }

    /** One problem on each line. */
    @Override
    public String getMessage() {
        return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
    }

    /** What is wrong, in the order of the files. */
    public List<Problem> problems() {
        return problems;
    }
}
