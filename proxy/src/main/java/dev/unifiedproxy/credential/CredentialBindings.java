package dev.unifiedproxy.credential;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.Hostname;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which host gets which credential. Immutable.
 *
 * <p>A credential is bound to the exact host, to port 443 and to TLS.
 */
public final class CredentialBindings {
    /** By canonical name, in the order of the provider map. */
    private final Map<String, Binding> byHost;

    private CredentialBindings(Map<String, Binding> byHost) {
        this.byHost = byHost;
    }

    /**
     * Reads the built-in providers' credentials from environment variables. The first variable of a
     * provider that is set wins; an empty one counts as not set.
     *
     * @throws InvalidCredentialsException when a value that would be used has a character outside
     *     printable ASCII, or white space around it; all such variables at once
     */
    public static CredentialBindings fromEnvironment(Map<String, String> environment) {
        Map<String, Binding> byHost = new LinkedHashMap<>();
        Set<String> problems = new LinkedHashSet<>();
        for (Provider provider : Provider.BUILT_IN) {
            Optional<Found> found = find(provider, environment);
            found.filter(each -> !each.isUsable()).ifPresent(each -> problems.add(each.problem()));
            byHost.put(
                    provider.host(),
                    new Binding(
                            provider.host(),
                            found.map(Found::render),
                            provider.sources().stream()
                                    .map(Provider.Source::variable)
                                    .collect(Collectors.joining(" or "))));
        }
        if (!problems.isEmpty()) {
            throw new InvalidCredentialsException(List.copyOf(problems));
        }
        return new CredentialBindings(byHost);
    }

    private static Optional<Found> find(Provider provider, Map<String, String> environment) {
        for (Provider.Source source : provider.sources()) {
            String value = environment.getOrDefault(source.variable(), "");
            if (!value.isEmpty()) {
                return Optional.of(new Found(source, value));
            }
        }
        return Optional.empty();
    }

    /** A variable that is set. */
    private record Found(Provider.Source source, String value) {
        /** A CR, LF or NUL would end the field and start another one. */
        boolean isUsable() {
            return value.chars().allMatch(c -> c >= 0x20 && c <= 0x7e)
                    && value.charAt(0) != ' '
                    && value.charAt(value.length() - 1) != ' ';
        }

        String problem() {
            return source.variable()
                    + ": its value (not shown) cannot be sent (expected: printable ASCII without"
                    + " white space around it)";
        }

        Binding.Rendered render() {
            return new Binding.Rendered(
                    source.field(), new Secret(source.form().render(value)), source.variable());
        }

        @Override
        public String toString() {
            return source.variable() + "=***";
        }
    }

    /** What the host gets; empty when it is not bound. */
    Optional<Binding> of(Host host) {
        return host instanceof Hostname name
                ? Optional.ofNullable(byHost.get(name.text()))
                : Optional.empty();
    }

    /**
     * A line of the start-up log, without any value.
     *
     * @param warning whether a credential is missing
     * @param text {@code Loaded credential for …} or {@code No credential for …}
     */
    public record ReportLine(boolean warning, String text) {}

    /** One line for each bound host, in the order of the provider map. */
    public List<ReportLine> startupReport() {
        return byHost.values().stream().map(CredentialBindings::reportLine).toList();
    }

    private static ReportLine reportLine(Binding binding) {
        return binding.rendered()
                .map(
                        rendered ->
                                new ReportLine(
                                        false,
                                        "Loaded credential for "
                                                + binding.host()
                                                + " from "
                                                + rendered.variable()))
                .orElseGet(() -> new ReportLine(true, missing(binding)));
    }

    /** {@code No credential for <host>: <variables> not set}. */
    static String missing(Binding binding) {
        return "No credential for " + binding.host() + ": " + binding.variables() + " not set";
    }

    /** Hosts and variables only. */
    @Override
    public String toString() {
        return "CredentialBindings" + startupReport().stream().map(ReportLine::text).toList();
    }
}
