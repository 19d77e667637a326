package dev.unifiedproxy.credential;

import java.util.List;

/** Some credentials cannot be used. Names the variables, never a value. */
public final class InvalidCredentialsException extends RuntimeException {
    private final transient List<String> problems;

    InvalidCredentialsException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One sentence for each variable. */
    public List<String> problems() {
        return problems;
    }
}
