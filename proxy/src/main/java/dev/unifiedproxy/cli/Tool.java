package dev.unifiedproxy.cli;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The whole command line: its tree, and how a call of it ends. */
final class Tool {
    private final Console console;
    private final ServerCommands.Server server;

    /**
     * @param console what commands see of the world
     * @param server how a proxy is started
     */
    Tool(Console console, ServerCommands.Server server) {
        this.console = console;
        this.server = server;
    }

    private static CommandSpec root(ServerCommands.Server server) {
        return Commands.group(
                        "unified-proxy",
                        "The one door between AI agents in sandboxes and the internet. The agent"
                                + " holds no secret; the door does.",
                        "unified-proxy demo                                        see what it"
                                + " does, without any setting",
                        "unified-proxy serve                                       run it",
                        "unified-proxy container add sandbox-1 --ip 127.0.0.1      let a sandbox"
                                + " in",
                        "eval \"$(unified-proxy env sandbox-1)\"                     point a shell"
                                + " at it")
                .addOption(
                        Commands.text(
                                "--run-dir",
                                "DIR",
                                "The proxy's run directory; PROXY_RUN_DIR else."))
                .addOption(
                        OptionSpec.builder("--version")
                                .versionHelp(true)
                                .description("Versions of the program and of what it runs on.")
                                .build())
                .addSubcommand("serve", ServerCommands.serveSpec(server))
                .addSubcommand("demo", ServerCommands.demoSpec(server))
                .addSubcommand("container", ContainerCommands.spec())
                .addSubcommand("env", EnvironmentCommand.spec())
                .addSubcommand("policy", PolicyCommands.spec())
                .addSubcommand("learn", LearnCommand.spec())
                .addSubcommand("ca", AuthorityCommands.spec());
    }

    /** Runs one call and returns how it ended. */
    int run(String... arguments) {
        try {
            if (arguments.length == 1 && arguments[0].equals("serve")) {
                // what containers start; building the command tree takes a fifth of its start
                return server.serve(Map.of(), console);
            }
            List<ParseResult> chain = chain(new CommandLine(root(server)).parseArgs(arguments));
            ParseResult last = chain.getLast();
            if (last.isUsageHelpRequested()) {
                last.commandSpec().commandLine().usage(console.out(), Ansi.OFF);
                return ExitCode.OK.number();
            }
            if (last.isVersionHelpRequested()) {
                console.out().print(Versions.text());
                return ExitCode.OK.number();
            }
            if (!(last.commandSpec().userObject() instanceof Invocation.Action action)) {
                return usage("a command is missing", last.commandSpec());
            }
            return action.run(new Invocation(chain, console));
        } catch (ParameterException e) {
            return usage(message(e), e.getCommandLine().getCommandSpec());
        } catch (CommandFailure e) {
            console.err().println("unified-proxy: " + e.getMessage());
            console.err().println(e.remedy());
            return e.exitCode().number();
        } finally {
            console.out().flush();
        }
    }

    private static List<ParseResult> chain(ParseResult root) {
        List<ParseResult> chain = new ArrayList<>();
        ParseResult current = root;
        chain.add(current);
        while (current.hasSubcommand()) {
            current = current.subcommand();
            chain.add(current);
        }
        return chain;
    }

    private int usage(String what, CommandSpec command) {
        console.err().println("unified-proxy: " + what);
        console.err()
                .println(
                        "See what it takes:  %s --help"
                                .formatted(
                                        command.qualifiedName()
                                                .replaceFirst(
                                                        "^unified-proxy", console.program())));
        return ExitCode.USAGE.number();
    }

    private static String message(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            String unknown = String.join(" ", unmatched.getUnmatched());
            return "unknown command or option: "
                    + Console.printable(unknown)
                    + (suggestions.isEmpty()
                            ? ""
                            : " (did you mean " + String.join(" or ", suggestions) + "?)");
        }
        return Console.printable(
                String.valueOf(e.getMessage()).lines().findFirst().orElse("not understood"));
    }
}
