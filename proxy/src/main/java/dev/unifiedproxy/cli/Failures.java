package dev.unifiedproxy.cli;

import dev.unifiedproxy.config.ConfigurationException;
import dev.unifiedproxy.control.ControlAnswerException;
import dev.unifiedproxy.control.ControlException;
import dev.unifiedproxy.control.ControlRefusedException;
import dev.unifiedproxy.control.NotRunningException;

import java.nio.file.Files;
import java.nio.file.Path;

/** What went wrong, with what to do about it. */
final class Failures {
    private Failures() {}

    /** A value on the command line that cannot be. */
    static CommandFailure usage(String what) {
        return new CommandFailure(
                ExitCode.USAGE, what, "Add --help to the command to see what it takes.");
    }

    /** Settings that cannot be, one problem on each line. */
    static CommandFailure configuration(ConfigurationException exception) {
        return new CommandFailure(
                ExitCode.CONFIGURATION,
                "the configuration cannot be used:\n" + exception.getMessage(),
                "Correct this and start again.");
    }

    /** A call of the control API that brought no result. */
    static CommandFailure of(ControlException exception, Invocation invocation)
            throws CommandFailure {
        return switch (exception) {
            case NotRunningException notRunning -> notRunning(notRunning, invocation);
            case ControlRefusedException refused ->
                    new CommandFailure(
                            ExitCode.REFUSED,
                            Console.printable(String.valueOf(refused.getMessage())),
                            remedy(refused, invocation));
            case ControlAnswerException answer ->
                    new CommandFailure(
                            ExitCode.NOT_RUNNING,
                            Console.printable(String.valueOf(answer.getMessage())),
                            "Look into the proxy's log, and try again.");
        };
    }

    private static CommandFailure notRunning(NotRunningException exception, Invocation invocation)
            throws CommandFailure {
        Path socket = invocation.files().socket();
        String what = Console.printable(String.valueOf(exception.getMessage()));
        if (Files.exists(socket) && !Files.isWritable(socket)) {
            return new CommandFailure(
                    ExitCode.NOT_RUNNING,
                    what + ": this user may not use the socket",
                    "Run the command as the user that runs the proxy.");
        }
        return new CommandFailure(
                ExitCode.NOT_RUNNING,
                what,
                "Start it with \"%s serve\", or say where it runs: --run-dir DIR or PROXY_RUN_DIR."
                        .formatted(invocation.console().program()));
    }

    private static String remedy(ControlRefusedException refused, Invocation invocation) {
        return switch (refused.status()) {
            case 404 -> "See which containers there are:  " + invocation.suggest("container list");
            case 409 ->
                    "Remove the container that has the address, or use another address:  "
                            + invocation.suggest("container list");
            case 429 -> "Wait a second and run the command again.";
            default ->
                    refused.status() >= 500
                            ? "Look into the proxy's log."
                            : "Correct the value and run the command again.";
        };
    }
}
