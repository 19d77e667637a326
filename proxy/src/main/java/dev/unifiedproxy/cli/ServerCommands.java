package dev.unifiedproxy.cli;

import picocli.CommandLine.Model.CommandSpec;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code serve} and {@code demo}: commands that start a proxy in this process. */
final class ServerCommands {
    /** Flags of {@code serve} and the variables that they stand for. */
    private static final Map<String, String> FLAGS = flags();

    private ServerCommands() {}

    /** How a proxy is started. */
    interface Server {
        /**
         * Runs until it is stopped, and says how it ended.
         *
         * @param flags values from the command line under the names of the variables
         * @throws CommandFailure when it cannot start
         */
        int serve(Map<String, String> flags, Console console) throws CommandFailure;

        /** Shows what a proxy does and returns the process's exit status. */
        int demo(Console console) throws CommandFailure;
    }

    private static Map<String, String> flags() {
        Map<String, String> flags = new LinkedHashMap<>();
        flags.put("--run-dir", "PROXY_RUN_DIR");
        flags.put("--state-dir", "PROXY_STATE_DIR");
        flags.put("--certs-dir", "PROXY_CERTS_DIR");
        flags.put("--config-dir", "PROXY_CONFIG_DIR");
        flags.put("--bind", "PROXY_BIND");
        flags.put("--port", "PROXY_PORT");
        flags.put("--metrics-port", "METRICS_PORT");
        return flags;
    }

    static CommandSpec serveSpec(Server server) {
        CommandSpec spec =
                Commands.leaf(
                        "serve",
                        "Runs the proxy until it is told to stop. Flags go before variables;"
                            + " without either it uses a directory under your home and unprivileged"
                            + " ports.",
                        invocation -> serve(invocation, server),
                        "unified-proxy serve",
                        "ANTHROPIC_API_KEY=sk-ant-… unified-proxy serve --port 8080",
                        "PROXY_STATE_DIR=/srv/state PROXY_RUN_DIR=/srv/run unified-proxy serve");
        FLAGS.forEach(
                (flag, variable) -> {
                    if (!flag.equals("--run-dir")) {
                        spec.addOption(
                                Commands.text(
                                        flag,
                                        flag.endsWith("dir") ? "DIR" : "VALUE",
                                        "Instead of " + variable + "."));
                    }
                });
        return spec;
    }

    static CommandSpec demoSpec(Server server) {
        return Commands.leaf(
                "demo",
                "Shows in a few seconds what the proxy does, without settings, keys or network.",
                invocation -> server.demo(invocation.console()),
                "unified-proxy demo");
    }

    private static int serve(Invocation invocation, Server server) throws CommandFailure {
        Map<String, String> flags = new LinkedHashMap<>();
        FLAGS.forEach(
                (flag, variable) ->
                        invocation.option(flag).ifPresent(text -> flags.put(variable, text)));
        return server.serve(flags, invocation.console());
    }
}
