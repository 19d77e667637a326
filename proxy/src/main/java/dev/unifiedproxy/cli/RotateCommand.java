package dev.unifiedproxy.cli;

import dev.unifiedproxy.control.ControlException;
import dev.unifiedproxy.control.ControlRefusedException;
import dev.unifiedproxy.control.NotRunningException;
import dev.unifiedproxy.control.RotatedAuthority;
import dev.unifiedproxy.tls.AuthorityException;
import dev.unifiedproxy.tls.InterceptionAuthority;
import dev.unifiedproxy.tls.Rotation;
import dev.unifiedproxy.tls.SystemTrust;

import picocli.CommandLine.Model.CommandSpec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code ca rotate}: a new authority, by the running proxy or, where none runs, on its files. */
final class RotateCommand {
    private static final Duration DEFAULT_OVERLAP = Duration.ofDays(7);
    private static final Duration LONGEST_OVERLAP = Duration.ofDays(90);

    private RotateCommand() {}

    static CommandSpec spec() {
        return Commands.leaf(
                        "rotate",
                        "Makes a new CA. Old and new are both good until the overlap ends.",
                        RotateCommand::rotate,
                        "unified-proxy ca rotate                 both are good for 7 days",
                        "unified-proxy ca rotate --overlap 24h",
                        "unified-proxy ca rotate --overlap 0     the new one alone, at once; or"
                                + " completes a rotation that goes on")
                .addOption(
                        Commands.text(
                                "--overlap",
                                "TIME",
                                "How long both are good: 30m, 24h, 7d; 0 is not at all."))
                .addOption(Commands.json());
    }

    private static int rotate(Invocation invocation) throws CommandFailure {
        Duration overlap = overlap(invocation);
        try {
            return report(invocation.client().rotateAuthority(overlap), true, invocation);
        } catch (ControlRefusedException e) {
            throw e.status() == 409 ? goesOn(invocation) : Failures.of(e, invocation);
        } catch (NotRunningException e) {
            Path socket = invocation.files().socket();
            if (Files.exists(socket) && !Files.isWritable(socket)) {
                throw Failures.of(e, invocation);
            }
            return report(onFiles(overlap, invocation), false, invocation);
        } catch (ControlException e) {
            throw Failures.of(e, invocation);
        }
    }

    private static Duration overlap(Invocation invocation) throws CommandFailure {
        Optional<String> text = invocation.option("--overlap");
        Optional<Duration> overlap =
                text.isPresent() ? TimeText.parse(text.get()) : Optional.of(DEFAULT_OVERLAP);
        if (overlap.isEmpty() || overlap.get().compareTo(LONGEST_OVERLAP) > 0) {
            throw Failures.usage(
                    "--overlap: "
                            + Console.printable(text.orElse(""))
                            + " (expected: a time such as 24h, at most 90d)");
        }
        return overlap.get();
    }

    /** Nobody else changes the files: no proxy runs that would. */
    private static RotatedAuthority onFiles(Duration overlap, Invocation invocation)
            throws CommandFailure {
        RunningProxyFiles files = invocation.files();
        if (Files.notExists(files.state().resolve("ca"))) {
            throw new CommandFailure(
                    ExitCode.NOT_RUNNING,
                    "no proxy is running, and there is no CA in " + files.state(),
                    "Start the proxy once, or name its directories: PROXY_RUN_DIR,"
                            + " PROXY_STATE_DIR.");
        }
        try {
            InterceptionAuthority authority =
                    InterceptionAuthority.openOrCreate(files.state(), invocation.console().clock());
            Optional<Rotation> done = authority.rotate(overlap);
            authority.publish(files.certificates(), SystemTrust.find());
            if (done.isEmpty()) {
                throw goesOn(invocation);
            }
            Rotation rotation = done.get();
            return new RotatedAuthority(
                    rotation.oldSha256(),
                    rotation.newSha256(),
                    rotation.overlapEnds(),
                    rotation.over());
        } catch (AuthorityException e) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION,
                    Console.printable(String.valueOf(e.getMessage())),
                    "Run the command as the user that runs the proxy; nothing is half done.");
        }
    }

    private static CommandFailure goesOn(Invocation invocation) {
        return new CommandFailure(
                ExitCode.REFUSED,
                "a rotation goes on already",
                "Wait until its overlap ends, or complete it now:  "
                        + invocation.suggest("ca rotate --overlap 0"));
    }

    private static int report(RotatedAuthority rotated, boolean running, Invocation invocation) {
        if (invocation.flag("--json")) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("status", rotated.over() ? "rotated" : "rotating");
            fields.put("old_sha256", rotated.oldSha256());
            fields.put("new_sha256", rotated.newSha256());
            fields.put("overlap_ends", rotated.overlapEnds().toString());
            invocation.print(JsonText.pretty(fields));
            return ExitCode.OK.number();
        }
        Table table = new Table("old", rotated.oldSha256());
        table.row("new", rotated.newSha256());
        invocation.console().out().print(table.render());
        if (rotated.over()) {
            invocation.print(
                    "The new CA alone is good now. A sandbox that has not read it anew fails.");
        } else {
            invocation.print("Both are good until " + rotated.overlapEnds() + ".");
            invocation.print(
                    "The files for sandboxes hold both now. Until then, let every sandbox read"
                            + " them anew: restart it, or what in it keeps them in memory.");
        }
        if (!running) {
            invocation.print("No proxy is running; the next one starts with this.");
        }
        return ExitCode.OK.number();
    }
}
