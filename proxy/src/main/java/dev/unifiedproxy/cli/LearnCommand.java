package dev.unifiedproxy.cli;

import dev.unifiedproxy.config.ConfigurationException;
import dev.unifiedproxy.config.PolicyProposal;
import dev.unifiedproxy.config.Settings;

import picocli.CommandLine.Model.CommandSpec;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code learn}: proposes the rules that would allow what was let through only because its
 * container is observed. Prints a difference, and changes nothing.
 */
final class LearnCommand {
    private static final int MAX_DIFFERENT = 100_000;

    /** What a rule can open; a denial by a rule is somebody's decision. */
    private static final Set<String> UNRULED =
            Set.of(
                    "policy.host_not_allowed",
                    "policy.port_not_allowed",
                    "policy.method_not_allowed",
                    "policy.path_not_allowed");

    private LearnCommand() {}

    static CommandSpec spec() {
        return PolicyCommands.leaf(
                        "learn",
                        "Proposes rules that allow what observed containers asked for and no rule"
                                + " allows, as a difference to policy.yaml. It changes nothing.",
                        LearnCommand::run,
                        "unified-proxy learn",
                        "unified-proxy learn --container sandbox-1 --since 24h > learned.diff")
                .addOption(Commands.text("--container", "ID", "Only what this one asked for."))
                .addOption(
                        Commands.text("--since", "TIME", "Only what is not older, such as 24h."));
    }

    /** What the records say. */
    private static final class Observed {
        private final Set<PolicyProposal.Seen> seen = new LinkedHashSet<>();
        private int requests;
        private int deniedByRule;
    }

    private static int run(Invocation invocation) throws CommandFailure {
        Settings settings;
        Observed observed = new Observed();
        try {
            settings = PolicyCommands.settings(invocation);
            read(settings.places().stateDirectory().resolve("audit"), invocation, observed);
            Path file = rules(settings);
            Optional<String> today =
                    Files.exists(file)
                            ? Optional.of(Files.readString(file, StandardCharsets.UTF_8))
                            : Optional.empty();
            Optional<String> difference =
                    new PolicyProposal(
                                    String.valueOf(file.getFileName()),
                                    today,
                                    invocation.option("--container"))
                            .difference(observed.seen);
            say(invocation, observed);
            difference.stream()
                    .flatMap(String::lines)
                    .forEach(line -> invocation.print(Console.printable(line)));
        } catch (ConfigurationException e) {
            throw Failures.configuration(e);
        } catch (IOException e) {
            throw Failures.usage(e.getMessage() + ": cannot be read (expected: an audit file)");
        }
        return ExitCode.OK.number();
    }

    private static Path rules(Settings settings) {
        return settings.policy()
                .rules()
                .orElse(settings.places().configDirectory().resolve("policy.yaml"));
    }

    private static void say(Invocation invocation, Observed observed) {
        invocation.print(
                "# %d requests were let through only because their container is observed."
                        .formatted(observed.requests));
        if (observed.deniedByRule > 0) {
            invocation.print(
                    "# %d of them a rule denies: no rule is proposed for them."
                            .formatted(observed.deniedByRule));
        }
    }

    private static void read(Path directory, Invocation invocation, Observed observed)
            throws IOException, CommandFailure {
        Optional<Instant> since = since(invocation);
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files =
                    all.filter(f -> f.getFileName().toString().matches("audit(-.*)?\\.jsonl"))
                            .sorted()
                            .toList();
        }
        for (Path file : files) {
            try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    JsonText.object(line)
                            .filter(record -> concerns(record, invocation, since))
                            .ifPresent(record -> add(record, observed));
                }
            }
        }
    }

    private static Optional<Instant> since(Invocation invocation) throws CommandFailure {
        Optional<String> text = invocation.option("--since");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Duration age =
                TimeText.parse(text.get())
                        .filter(Duration::isPositive)
                        .orElseThrow(
                                () ->
                                        Failures.usage(
                                                "--since: '"
                                                        + Console.printable(text.get())
                                                        + "' (expected: a time such as 90s, 30m,"
                                                        + " 24h or 7d)"));
        return Optional.of(invocation.console().clock().instant().minus(age));
    }

    private static boolean concerns(
            Map<String, Object> record, Invocation invocation, Optional<Instant> since) {
        boolean container =
                invocation
                        .option("--container")
                        .map(id -> id.equals(ReplayCommand.text(record, "container_id")))
                        .orElse(true);
        return container && since.map(from -> !before(record, from)).orElse(true);
    }

    private static boolean before(Map<String, Object> record, Instant from) {
        try {
            return Instant.parse(ReplayCommand.text(record, "time")).isBefore(from);
        } catch (DateTimeParseException e) {
            return true; // not a record of ours
        }
    }

    /** A CONNECT is no request: what came inside has a record of its own. */
    private static void add(Map<String, Object> record, Observed observed) {
        String code = ReplayCommand.text(record, "observed");
        String method = ReplayCommand.text(record, "method");
        if (code.isEmpty() || method.equals("CONNECT")) {
            return;
        }
        observed.requests++;
        if (!UNRULED.contains(code)) {
            observed.deniedByRule++;
        } else if (observed.seen.size() < MAX_DIFFERENT) {
            observed.seen.add(
                    new PolicyProposal.Seen(
                            ReplayCommand.authority(ReplayCommand.text(record, "host")),
                            Integer.parseInt(ReplayCommand.text(record, "port")),
                            method,
                            ReplayCommand.text(record, "path")));
        }
    }
}
