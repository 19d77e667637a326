package dev.unifiedproxy.cli;

import dev.unifiedproxy.control.ControlException;
import dev.unifiedproxy.control.RegisteredContainer;

import picocli.CommandLine.Model.CommandSpec;

import java.nio.file.Path;
import java.util.Optional;

/** {@code env}: what a sandbox's shell needs. */
final class EnvironmentCommand {
    private EnvironmentCommand() {}

    static CommandSpec spec() {
        return Commands.leaf(
                        "env",
                        "Prints the variables that a sandbox needs: where the proxy is, which"
                            + " certificates to trust, and placeholders instead of keys. Never a"
                            + " real secret.",
                        EnvironmentCommand::run,
                        "eval \"$(unified-proxy env sandbox-1)\"",
                        "unified-proxy env sandbox-1 --certs /certs --format dotenv >"
                                + " sandbox-1.env",
                        "docker run --env-file sandbox-1.env -v /etc/proxy/certs:/certs:ro IMAGE")
                .addPositional(Commands.container())
                .addOption(
                        Commands.text("--format", "FORMAT", "shell (the default), dotenv or json."))
                .addOption(
                        Commands.text(
                                "--host",
                                "HOST",
                                "Where the sandbox reaches the proxy (default: 127.0.0.1 for a"
                                        + " loopback address, else unified-proxy)."))
                .addOption(
                        Commands.text(
                                "--certs",
                                "DIR",
                                "Where the sandbox sees the certificates (default: where the proxy"
                                        + " wrote them)."));
    }

    private static int run(Invocation invocation) throws CommandFailure {
        EnvironmentFormat format = format(invocation.option("--format").orElse("shell"));
        RegisteredContainer view = container(invocation);
        String ticket =
                view.ticket()
                        .orElseThrow(
                                () ->
                                        new CommandFailure(
                                                ExitCode.REFUSED,
                                                "the proxy gave no ticket for " + view.id(),
                                                "Register the container again."));
        RunningProxyFiles files = invocation.files();
        SandboxEnvironment.Endpoint proxy =
                new SandboxEnvironment.Endpoint(
                        invocation.option("--host").orElse(standardHost(view.address())),
                        files.proxyPort());
        Path certificates =
                invocation.option("--certs").map(Path::of).orElseGet(() -> files.certificates());
        invocation
                .console()
                .out()
                .print(
                        format.render(
                                SandboxEnvironment.of(view.id(), ticket, proxy, certificates)));
        return ExitCode.OK.number();
    }

    private static RegisteredContainer container(Invocation invocation) throws CommandFailure {
        try {
            return invocation.client().container(invocation.argument(0));
        } catch (ControlException e) {
            throw Failures.of(e, invocation);
        }
    }

    private static EnvironmentFormat format(String name) throws CommandFailure {
        return Optional.of(name)
                .flatMap(
                        text ->
                                switch (text) {
                                    case "shell" -> Optional.of(EnvironmentFormat.SHELL);
                                    case "dotenv" -> Optional.of(EnvironmentFormat.DOTENV);
                                    case "json" -> Optional.of(EnvironmentFormat.JSON);
                                    default -> Optional.empty();
                                })
                .orElseThrow(
                        () ->
                                Failures.usage(
                                        "--format: %s (expected: shell, dotenv or json)"
                                                .formatted(Console.printable(name))));
    }

    private static String standardHost(String address) {
        boolean loopback = address.startsWith("127.") || address.equals("::1");
        return loopback ? "127.0.0.1" : "unified-proxy";
    }
}
