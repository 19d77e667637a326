package dev.unifiedproxy.cli;

import dev.unifiedproxy.app.PolicyTrial;
import dev.unifiedproxy.config.ConfigurationException;

import picocli.CommandLine.Model.CommandSpec;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code policy replay}: puts the exchanges of an audit file to a policy, and lists what it would
 * decide otherwise. Records have no query, fields and body; a rule about those cannot be judged.
 */
final class ReplayCommand {
    private static final int MAX_DIFFERENT = 100_000;

    private ReplayCommand() {}

    static CommandSpec spec() {
        return PolicyCommands.leaf(
                        "replay",
                        "Puts the exchanges of an audit file to a policy and lists every decision"
                                + " that would change. Exit status 0: none, 1: some.",
                        ReplayCommand::run,
                        "unified-proxy policy replay state/audit/audit.jsonl --config-dir"
                                + " ./proposed")
                .addPositional(PolicyCommands.positional("0", "FILE", "The audit file."));
    }

    /** What was asked, as far as a record says it; equal ones are asked once. */
    private record Asked(String container, String method, String url) {
        boolean tunnel() {
            return method.equals("CONNECT");
        }
    }

    /** What was decided, and how often. */
    private static final class Seen {
        private final boolean allowed;
        private int count;

        Seen(boolean allowed) {
            this.allowed = allowed;
        }
    }

    private static int run(Invocation invocation) throws CommandFailure {
        Path file = Path.of(invocation.argument(0));
        Map<Asked, Seen> exchanges = read(file);
        PolicyTrial trial;
        try {
            trial = PolicyTrial.of(PolicyCommands.settings(invocation));
        } catch (ConfigurationException e) {
            throw Failures.configuration(e);
        }
        int changed = 0;
        for (Map.Entry<Asked, Seen> each : exchanges.entrySet()) {
            Asked asked = each.getKey();
            Seen seen = each.getValue();
            PolicyTrial.Answer answer = ask(trial, asked);
            if (answer.allowed() != seen.allowed) {
                changed++;
                invocation.print(
                        Console.printable(
                                "%s -> %s  %s %s  container=%s, %d times, %s"
                                        .formatted(
                                                word(seen.allowed),
                                                word(answer.allowed()),
                                                asked.method(),
                                                asked.url(),
                                                asked.container(),
                                                seen.count,
                                                answer.allowed()
                                                        ? answer.rule()
                                                        : answer.code() + ": " + answer.reason())));
            }
        }
        invocation.print(
                "%d of %d different exchanges would be decided otherwise by policy %s."
                        .formatted(changed, exchanges.size(), trial.version()));
        return (changed == 0 ? ExitCode.OK : ExitCode.REFUSED).number();
    }

    private static String word(boolean allowed) {
        return allowed ? "allow" : "deny";
    }

    private static PolicyTrial.Answer ask(PolicyTrial trial, Asked asked) {
        if (asked.tunnel()) {
            return trial.askTunnel(asked.container(), Map.of(), asked.url());
        }
        return trial.ask(
                new PolicyTrial.Question(
                        asked.container(),
                        Map.of(),
                        asked.method(),
                        asked.url(),
                        List.of(),
                        Optional.empty()));
    }

    private static Map<Asked, Seen> read(Path file) throws CommandFailure {
        Map<Asked, Seen> exchanges = new LinkedHashMap<>();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonText.object(line).ifPresent(record -> add(exchanges, record));
            }
        } catch (IOException e) {
            throw Failures.usage(file + ": cannot be read (expected: an audit file)");
        }
        return exchanges;
    }

    /** Only what policy decided counts: strangers and broken heads never came that far. */
    private static void add(Map<Asked, Seen> exchanges, Map<String, Object> record) {
        String code = text(record, "code");
        boolean refused = text(record, "outcome").equals("refused");
        boolean byPolicy = code.startsWith("policy.") || code.startsWith("github.");
        if (refused && !byPolicy) {
            return;
        }
        String authority = authority(text(record, "host")) + ":" + text(record, "port");
        boolean tunnel = text(record, "method").equals("CONNECT");
        Asked asked =
                new Asked(
                        text(record, "container_id"),
                        text(record, "method"),
                        tunnel
                                ? authority
                                : text(record, "scheme")
                                        + "://"
                                        + authority
                                        + text(record, "path"));
        boolean known = exchanges.containsKey(asked) || exchanges.size() < MAX_DIFFERENT;
        if (known && !asked.container().isEmpty() && !asked.method().isEmpty()) {
            exchanges.computeIfAbsent(asked, key -> new Seen(!refused)).count++;
        }
    }

    static String authority(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    static String text(Map<String, Object> record, String key) {
        Object value = record.get(key);
        return value == null ? "" : String.valueOf(value);
    }
}
