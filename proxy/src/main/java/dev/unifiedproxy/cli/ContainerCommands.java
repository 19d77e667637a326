package dev.unifiedproxy.cli;

import dev.unifiedproxy.control.ControlException;
import dev.unifiedproxy.control.NewRegistration;
import dev.unifiedproxy.control.RegisteredContainer;

import picocli.CommandLine.Model.CommandSpec;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code container add|list|show|remove}: who may use the proxy. */
final class ContainerCommands {
    private static final Duration DEFAULT_TTL = Duration.ofHours(24);

    private ContainerCommands() {}

    static CommandSpec spec() {
        return Commands.group(
                        "container",
                        "Says who may use the proxy: adds, lists, shows and removes containers.",
                        "unified-proxy container add sandbox-1 --ip 172.17.0.2 --repo octo/hello",
                        "unified-proxy container list",
                        "unified-proxy container remove sandbox-1")
                .addSubcommand("add", addSpec())
                .addSubcommand("list", listSpec())
                .addSubcommand("show", showSpec())
                .addSubcommand("remove", removeSpec());
    }

    private static CommandSpec addSpec() {
        return Commands.leaf(
                        "add",
                        "Registers a container, or changes and renews its registration.",
                        ContainerCommands::add,
                        "unified-proxy container add sandbox-1 --ip 172.17.0.2",
                        "unified-proxy container add sandbox-1 --ip 172.17.0.2 --ttl 8h --repo"
                                + " octo/hello",
                        "unified-proxy container add bot --ip fd00::5 --ttl never --metadata"
                                + " auth_mode=bot")
                .addPositional(Commands.container())
                .addOption(
                        Commands.required(
                                "--ip", "ADDRESS", "Where the container's connections come from."))
                .addOption(
                        Commands.text(
                                "--ttl",
                                "TIME",
                                "How long it lives without traffic: 90, 30m, 24h, 7d or never"
                                        + " (default: 24h)."))
                .addOption(
                        Commands.repeated(
                                "--repo",
                                "OWNER/NAME",
                                "A repository of the container; repeatable."))
                .addOption(
                        Commands.repeated(
                                "--metadata",
                                "KEY=VALUE",
                                "Further metadata, or a whole JSON object; repeatable."))
                .addOption(Commands.json());
    }

    private static CommandSpec listSpec() {
        return Commands.leaf(
                        "list",
                        "Lists the registered containers.",
                        ContainerCommands::list,
                        "unified-proxy container list",
                        "unified-proxy container list --json | jq -r '.containers[].container_id'")
                .addOption(Commands.json());
    }

    private static CommandSpec showSpec() {
        return Commands.leaf(
                        "show",
                        "Shows one registration; the ticket only with --json.",
                        ContainerCommands::show,
                        "unified-proxy container show sandbox-1",
                        "unified-proxy container show sandbox-1 --json | jq -r .ticket")
                .addPositional(Commands.container())
                .addOption(Commands.json());
    }

    private static CommandSpec removeSpec() {
        return Commands.leaf(
                        "remove",
                        "Ends a registration; its connections close within five seconds.",
                        ContainerCommands::remove,
                        "unified-proxy container remove sandbox-1")
                .addPositional(Commands.container())
                .addOption(Commands.json());
    }

    private static int add(Invocation invocation) throws CommandFailure {
        NewRegistration registration =
                new NewRegistration(
                        invocation.argument(0),
                        invocation.option("--ip").orElseThrow(),
                        ttl(invocation.option("--ttl")),
                        metadata(invocation.options("--repo"), invocation.options("--metadata")));
        try {
            RegisteredContainer view = invocation.client().register(registration);
            if (invocation.flag("--json")) {
                invocation.print(JsonText.pretty(JsonText.container(view)));
                return ExitCode.OK.number();
            }
            invocation.print(
                    "Registered %s at %s; %s."
                            .formatted(view.id(), view.address(), life(view.ttl())));
            invocation.print(
                    "Next, what its shell needs:  eval \"$(%s)\""
                            .formatted(invocation.suggest("env " + view.id())));
            return ExitCode.OK.number();
        } catch (ControlException e) {
            throw Failures.of(e, invocation);
        }
    }

    private static int list(Invocation invocation) throws CommandFailure {
        try {
            List<RegisteredContainer> views = invocation.client().containers();
            if (invocation.flag("--json")) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("status", "ok");
                fields.put("count", views.size());
                fields.put("containers", views.stream().map(JsonText::container).toList());
                invocation.print(JsonText.pretty(fields));
            } else if (views.isEmpty()) {
                invocation.print(
                        "No container is registered. Register one:  "
                                + invocation.suggest("container add NAME --ip ADDRESS"));
            } else {
                invocation
                        .console()
                        .out()
                        .print(table(views, invocation.console().clock().instant()));
            }
            return ExitCode.OK.number();
        } catch (ControlException e) {
            throw Failures.of(e, invocation);
        }
    }

    private static int show(Invocation invocation) throws CommandFailure {
        try {
            RegisteredContainer view = invocation.client().container(invocation.argument(0));
            if (invocation.flag("--json")) {
                invocation.print(JsonText.pretty(JsonText.container(view)));
                return ExitCode.OK.number();
            }
            Instant now = invocation.console().clock().instant();
            Table table = new Table("container", view.id());
            table.row("address", view.address());
            table.row(
                    "registered",
                    "%s (%s)"
                            .formatted(
                                    seconds(view.registeredAt()), ago(view.registeredAt(), now)));
            table.row(
                    "last seen",
                    "%s (%s)".formatted(seconds(view.lastSeen()), ago(view.lastSeen(), now)));
            table.row("expires", expiry(view, now));
            table.row("metadata", metadataText(view));
            invocation.console().out().print(table.render());
            return ExitCode.OK.number();
        } catch (ControlException e) {
            throw Failures.of(e, invocation);
        }
    }

    private static int remove(Invocation invocation) throws CommandFailure {
        String id = invocation.argument(0);
        try {
            invocation.client().remove(id);
            invocation.print(
                    invocation.flag("--json")
                            ? JsonText.pretty(Map.of("status", "unregistered", "container_id", id))
                            : "Removed %s.".formatted(Console.printable(id)));
            return ExitCode.OK.number();
        } catch (ControlException e) {
            throw Failures.of(e, invocation);
        }
    }

    private static String table(List<RegisteredContainer> views, Instant now) {
        Table table = new Table("CONTAINER", "ADDRESS", "AGE", "LAST SEEN", "EXPIRES", "METADATA");
        for (RegisteredContainer view : views) {
            table.row(
                    view.id(),
                    view.address(),
                    TimeText.coarse(Duration.between(view.registeredAt(), now)),
                    ago(view.lastSeen(), now),
                    expiry(view, now),
                    metadataText(view));
        }
        return table.render();
    }

    private static String ago(Instant instant, Instant now) {
        return TimeText.coarse(Duration.between(instant, now)) + " ago";
    }

    private static String expiry(RegisteredContainer view, Instant now) {
        return view.expiresAt()
                .map(end -> end.isBefore(now) ? "expired" : "in " + TimeText.coarse(left(now, end)))
                .orElse("never");
    }

    private static String seconds(Instant instant) {
        return Instant.ofEpochSecond(instant.getEpochSecond()).toString();
    }

    private static String metadataText(RegisteredContainer view) {
        return view.metadata().isEmpty() ? "-" : JsonText.compact(view.metadata());
    }

    /** To the nearest minute, so that a day that has just begun is not 23 hours. */
    private static Duration left(Instant now, Instant end) {
        Duration left = Duration.between(now, end);
        return left.compareTo(Duration.ofMinutes(1)) < 0 ? left : left.plusSeconds(30);
    }

    private static String life(Duration ttl) {
        return ttl.isZero()
                ? "it never expires"
                : "it expires after %s without traffic".formatted(TimeText.coarse(ttl));
    }

    private static Duration ttl(Optional<String> option) throws CommandFailure {
        if (option.isEmpty()) {
            return DEFAULT_TTL;
        }
        String text = option.get();
        return TimeText.parse(text)
                .orElseThrow(
                        () ->
                                Failures.usage(
                                        "--ttl: %s (expected: seconds, or a number with s, m, h or d, or never)"
                                                .formatted(Console.printable(text))));
    }

    private static Map<String, Object> metadata(List<String> repositories, List<String> entries)
            throws CommandFailure {
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            if (entry.startsWith("{")) {
                metadata.putAll(
                        JsonText.object(entry)
                                .orElseThrow(
                                        () ->
                                                Failures.usage(
                                                        "--metadata: not a JSON object: "
                                                                + Console.printable(entry))));
            } else if (equals > 0) {
                metadata.put(entry.substring(0, equals), entry.substring(equals + 1));
            } else {
                throw Failures.usage(
                        "--metadata: %s (expected: KEY=VALUE or a JSON object)"
                                .formatted(Console.printable(entry)));
            }
        }
        if (repositories.size() == 1) {
            metadata.put("repo", repositories.getFirst());
        } else if (!repositories.isEmpty()) {
            metadata.put("repos", repositories);
        }
        return metadata;
    }
}
