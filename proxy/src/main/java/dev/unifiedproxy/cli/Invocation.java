package dev.unifiedproxy.cli;

import dev.unifiedproxy.control.ControlClient;

import picocli.CommandLine.ParseResult;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One command as it was called.
 *
 * @param chain the parsed command line, from the program to the command
 * @param console what the command sees of the world
 */
record Invocation(List<ParseResult> chain, Console console) {
    private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(10);

    /** A command's work. */
    @FunctionalInterface
    interface Action {
        /** Does it, and returns the exit status of the process. */
        int run(Invocation invocation) throws CommandFailure;
    }

    /** The value of an option that was given, to the command or to a command above it. */
    Optional<String> option(String name) {
        return chain.reversed().stream()
                .filter(parsed -> parsed.hasMatchedOption(name))
                .map(parsed -> parsed.matchedOptionValue(name, ""))
                .findFirst();
    }

    /** All values of an option that may be repeated. */
    List<String> options(String name) {
        return chain.getLast().matchedOptionValue(name, List.of());
    }

    /** Whether a flag was given. */
    boolean flag(String name) {
        return chain.getLast().hasMatchedOption(name);
    }

    /** The value of a required positional argument. */
    String argument(int index) {
        return chain.getLast().matchedPositionalValue(index, "");
    }

    /** Where the running proxy is. */
    RunningProxyFiles files() throws CommandFailure {
        return RunningProxyFiles.find(option("--run-dir"), console);
    }

    /** A client of the running proxy. */
    ControlClient client() throws CommandFailure {
        return new ControlClient(files().socket(), CONTROL_TIMEOUT, console.ticker());
    }

    /** Prints a line of the result. */
    void print(String line) {
        console.out().println(line);
    }

    /** The start of a command that is suggested to the user, which keeps a given run directory. */
    String suggest(String command) {
        String directory =
                option("--run-dir")
                        .map(text -> " --run-dir " + EnvironmentFormat.shellQuote(text))
                        .orElse("");
        return console.program() + directory + " " + command;
    }
}
