package dev.unifiedproxy.cli;

import dev.unifiedproxy.app.PolicyTrial;
import dev.unifiedproxy.config.ConfigurationException;
import dev.unifiedproxy.config.PolicyLint;
import dev.unifiedproxy.config.PolicyOverview;
import dev.unifiedproxy.config.PolicyTable;
import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.control.ControlException;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code policy check|test|lint|show|replay}: asks the policy without sending anything. */
final class PolicyCommands {
    private static final String ANYBODY = "any-container";
    private static final int MAX_BODY = 64 << 20;

    private PolicyCommands() {}

    static CommandSpec spec() {
        return Commands.group(
                        "policy",
                        "Asks the policy: what it would say, whether it says what you expect, what"
                                + " looks wrong in it, and what holds for a container.",
                        "unified-proxy policy check GET https://api.github.com/user",
                        "unified-proxy policy test expectations.yaml",
                        "unified-proxy policy lint",
                        "unified-proxy policy show --container sandbox-1")
                .addSubcommand("check", checkSpec())
                .addSubcommand("test", testSpec())
                .addSubcommand("lint", lintSpec())
                .addSubcommand("show", showSpec())
                .addSubcommand("replay", ReplayCommand.spec());
    }

    private static CommandSpec checkSpec() {
        return leaf(
                        "check",
                        "Says what the policy would say to a request, and which rule. Exit status"
                                + " 0: it would pass, 3: it would not.",
                        PolicyCommands::check,
                        "unified-proxy policy check GET https://api.github.com/user",
                        "unified-proxy policy check POST https://api.example.com/v1/x --container"
                            + " sandbox-1 --header 'Content-Type: application/json' --body x.json",
                        "unified-proxy policy check GET https://example.com/ --metadata"
                                + " '{\"group\":\"team\"}'")
                .addPositional(positional("0", "METHOD", "The method, such as GET."))
                .addPositional(positional("1", "URL", "The whole URL."))
                .addOption(container())
                .addOption(metadata())
                .addOption(
                        Commands.repeated(
                                "--header", "NAME:VALUE", "A line of the head; repeatable."))
                .addOption(Commands.text("--body", "FILE", "What would be sent as its body."))
                .addOption(Commands.json());
    }

    private static CommandSpec testSpec() {
        return leaf(
                        "test",
                        "Compares the policy with a table of expectations. Exit status 0: all are"
                                + " met, 1: some are not.",
                        PolicyCommands::test,
                        "unified-proxy policy test expectations.yaml",
                        "unified-proxy policy test expectations.yaml --config-dir ./proposed")
                .addPositional(positional("0", "FILE", "The table, YAML."));
    }

    private static CommandSpec lintSpec() {
        return leaf(
                        "lint",
                        "Names what is valid and hardly meant: rules that never decide, wildcards"
                                + " that cover strangers. Exit status 0, with --strict 1 when it"
                                + " finds something.",
                        PolicyCommands::lint,
                        "unified-proxy policy lint",
                        "unified-proxy policy lint --strict --config-dir ./proposed")
                .addOption(Commands.flag("--strict", "Fail when something is found."));
    }

    private static CommandSpec showSpec() {
        return leaf(
                        "show",
                        "Shows the policy of a container in the order in which it is asked.",
                        PolicyCommands::show,
                        "unified-proxy policy show --container sandbox-1",
                        "unified-proxy policy show --container sandbox-1 --metadata"
                                + " '{\"group\":\"team\"}'")
                .addOption(container())
                .addOption(metadata())
                .addOption(Commands.json());
    }

    /** A command that reads the files of the policy. */
    static CommandSpec leaf(
            String name, String description, Invocation.Action action, String... examples) {
        return Commands.leaf(name, description, action, examples)
                .addOption(
                        Commands.text(
                                "--config-dir",
                                "DIR",
                                "The directory of the policy; PROXY_CONFIG_DIR else."));
    }

    private static OptionSpec container() {
        return Commands.text(
                "--container",
                "ID",
                "Who asks; its metadata comes from the running proxy, unless --metadata is given.");
    }

    private static OptionSpec metadata() {
        return Commands.text(
                "--metadata", "JSON", "What it is registered with, instead of asking a proxy.");
    }

    /** A positional argument that has to be given. */
    static PositionalParamSpec positional(String index, String label, String description) {
        return PositionalParamSpec.builder()
                .index(index)
                .arity("1")
                .required(true)
                .paramLabel(label)
                .type(String.class)
                .description(description)
                .build();
    }

    // ---- check ----

    private static int check(Invocation invocation) throws CommandFailure {
        String method = invocation.argument(0);
        String url = invocation.argument(1);
        Optional<ByteBuffer> body = Optional.empty();
        Optional<String> file = invocation.option("--body");
        if (file.isPresent()) {
            body = Optional.of(ByteBuffer.wrap(read(Path.of(file.get()))));
        }
        for (String line : List.of(method, url, String.join("", invocation.options("--header")))) {
            if (line.chars().anyMatch(Character::isISOControl)) {
                throw Failures.usage("a control character in the request (expected: none)");
            }
        }
        PolicyTrial trial = trial(invocation);
        PolicyTrial.Answer answer =
                trial.ask(
                        new PolicyTrial.Question(
                                invocation.option("--container").orElse(ANYBODY),
                                metadataOf(invocation),
                                method,
                                url,
                                invocation.options("--header"),
                                body));
        if (invocation.flag("--json")) {
            invocation.print(JsonText.pretty(fields(answer, trial.version())));
        } else {
            print(invocation, answer);
        }
        return (answer.allowed() ? ExitCode.OK : ExitCode.DENIED).number();
    }

    private static Map<String, Object> fields(PolicyTrial.Answer answer, String version) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("decision", answer.allowed() ? "allow" : "deny");
        fields.put("code", answer.code());
        fields.put("reason", answer.reason());
        fields.put("rule", answer.rule());
        fields.put("remedy", answer.remedy());
        fields.put("policy_version", version);
        return fields;
    }

    private static void print(Invocation invocation, PolicyTrial.Answer answer) {
        invocation.print(answer.allowed() ? "allow" : "deny");
        line(invocation, "reason", answer.reason());
        line(invocation, "code", answer.code());
        line(invocation, "rule", answer.rule());
        line(invocation, "to allow it", answer.remedy());
    }

    private static void line(Invocation invocation, String name, String text) {
        if (!text.isEmpty()) {
            invocation.print("  %-12s %s".formatted(name + ":", Console.printable(text)));
        }
    }

    // ---- test ----

    private static int test(Invocation invocation) throws CommandFailure {
        String file = invocation.argument(0);
        List<PolicyTable.Row> rows;
        try {
            rows = PolicyTable.parse(file, read(Path.of(file)));
        } catch (ConfigurationException e) {
            throw Failures.configuration(e);
        }
        PolicyTrial trial = trial(invocation);
        int wrong = 0;
        for (PolicyTable.Row row : rows) {
            PolicyTrial.Answer answer = trial.ask(question(row));
            if (!met(row.expected(), answer)) {
                wrong++;
                invocation.print(mismatch(row, answer));
            }
        }
        invocation.print(
                "%d of %d expectations met by policy %s."
                        .formatted(rows.size() - wrong, rows.size(), trial.version()));
        return (wrong == 0 ? ExitCode.OK : ExitCode.REFUSED).number();
    }

    private static PolicyTrial.Question question(PolicyTable.Row row) {
        PolicyTable.Request request = row.request();
        return new PolicyTrial.Question(
                row.container().isEmpty() ? ANYBODY : row.container(),
                row.metadata(),
                request.method(),
                request.url(),
                request.fields(),
                request.body().map(StandardCharsets.UTF_8::encode));
    }

    private static boolean met(PolicyTable.Expected expected, PolicyTrial.Answer answer) {
        return expected.allowed() == answer.allowed()
                && expected.code().map(answer.code()::equals).orElse(true)
                && expected.rule()
                        .map(
                                rule ->
                                        answer.rule().equals(rule)
                                                || List.of(answer.rule().split(" ")).contains(rule))
                        .orElse(true);
    }

    private static String mismatch(PolicyTable.Row row, PolicyTrial.Answer answer) {
        PolicyTable.Expected expected = row.expected();
        return Console.printable(
                "%s: %s %s: %s%s by '%s' (expected: %s%s%s)"
                        .formatted(
                                row.place(),
                                row.request().method(),
                                row.request().url(),
                                answer.allowed() ? "allow" : "deny",
                                answer.code().isEmpty() ? "" : " " + answer.code(),
                                answer.rule(),
                                expected.allowed() ? "allow" : "deny",
                                expected.code().map(code -> " " + code).orElse(""),
                                expected.rule().map(rule -> " by '" + rule + "'").orElse("")));
    }

    // ---- lint and show ----

    private static int lint(Invocation invocation) throws CommandFailure {
        List<PolicyLint.Finding> findings;
        try {
            findings = PolicyLint.of(settings(invocation));
        } catch (ConfigurationException e) {
            throw Failures.configuration(e);
        }
        findings.forEach(finding -> invocation.print(Console.printable(finding.toString())));
        invocation.print(
                findings.isEmpty()
                        ? "Nothing found."
                        : findings.size() == 1 ? "1 finding." : findings.size() + " findings.");
        boolean fail = invocation.flag("--strict") && !findings.isEmpty();
        return (fail ? ExitCode.REFUSED : ExitCode.OK).number();
    }

    private static int show(Invocation invocation) throws CommandFailure {
        PolicyOverview.Overview overview;
        try {
            overview =
                    PolicyOverview.of(
                            settings(invocation),
                            invocation.option("--container").orElse(ANYBODY),
                            metadataOf(invocation));
        } catch (ConfigurationException e) {
            throw Failures.configuration(e);
        }
        if (invocation.flag("--json")) {
            invocation.print(JsonText.pretty(overview));
            return ExitCode.OK.number();
        }
        Table table = new Table("SCOPE", "PRIORITY", "ACTION", "NAME", "ABOUT", "PLACE");
        overview.rows()
                .forEach(
                        row ->
                                table.row(
                                        row.scope(),
                                        row.priority(),
                                        row.action(),
                                        row.name(),
                                        row.about(),
                                        row.place()));
        invocation.print("Mode: " + overview.mode() + ". What nothing allows is refused.");
        invocation.print(table.render().stripTrailing());
        return ExitCode.OK.number();
    }

    // ---- what all of them need ----

    private static PolicyTrial trial(Invocation invocation) throws CommandFailure {
        try {
            return PolicyTrial.of(settings(invocation));
        } catch (ConfigurationException e) {
            throw Failures.configuration(e);
        }
    }

    /** The settings, with the directories that the command was given. */
    static Settings settings(Invocation invocation) {
        Map<String, String> flags = new LinkedHashMap<>();
        invocation
                .option("--config-dir")
                .ifPresent(directory -> flags.put("PROXY_CONFIG_DIR", directory));
        invocation
                .option("--run-dir")
                .ifPresent(directory -> flags.put("PROXY_RUN_DIR", directory));
        return Settings.load(
                invocation.console().environment(),
                flags,
                invocation.console().home(),
                Directories::writable);
    }

    private static Map<String, Object> metadataOf(Invocation invocation) throws CommandFailure {
        Optional<String> given = invocation.option("--metadata");
        if (given.isPresent()) {
            return JsonText.object(given.get())
                    .orElseThrow(() -> Failures.usage("--metadata: not a JSON object"));
        }
        Optional<String> id = invocation.option("--container");
        if (id.isEmpty()) {
            return Map.of();
        }
        try {
            return invocation.client().container(id.get()).metadata();
        } catch (ControlException e) {
            throw Failures.of(e, invocation);
        }
    }

    private static byte[] read(Path file) throws CommandFailure {
        try {
            if (Files.size(file) > MAX_BODY) {
                throw Failures.usage(file + ": more than 64 MiB");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw Failures.usage(file + ": cannot be read (expected: a file)");
        }
    }
}
