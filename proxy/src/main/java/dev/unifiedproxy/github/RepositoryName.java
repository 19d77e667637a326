package dev.unifiedproxy.github;

import java.util.Locale;
import java.util.Optional;

/**
 * A repository as GitHub compares names: without case, {@code .git} at the end means nothing.
 *
 * @param owner user or organization, in lower case
 * @param name in lower case, without {@code .git}
 */
record RepositoryName(String owner, String name) {
    private static final String SUFFIX = ".git";

    static RepositoryName of(String owner, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return new RepositoryName(
                owner.toLowerCase(Locale.ROOT),
                lower.endsWith(SUFFIX)
                        ? lower.substring(0, lower.length() - SUFFIX.length())
                        : lower);
    }

    /** Reads {@code owner/name}. */
    static Optional<RepositoryName> parse(String text) {
        int slash = text.indexOf('/');
        RepositoryName name =
                slash < 0 ? of("", "") : of(text.substring(0, slash), text.substring(slash + 1));
        return isWord(name.owner) && isWord(name.name) ? Optional.of(name) : Optional.empty();
    }

    private static boolean isWord(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(
                                c ->
                                        (c >= 'a' && c <= 'z')
                                                || (c >= '0' && c <= '9')
                                                || c == '-'
                                                || c == '_'
                                                || c == '.');
    }

    @Override
    public String toString() {
        return owner + "/" + name;
    }
}
