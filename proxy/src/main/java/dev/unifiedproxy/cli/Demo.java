package dev.unifiedproxy.cli;

import dev.unifiedproxy.app.LoggedProxy;
import dev.unifiedproxy.app.RunningProxy;
import dev.unifiedproxy.app.StartupException;
import dev.unifiedproxy.cli.DemoClient.Seen;
import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.control.ControlClient;
import dev.unifiedproxy.control.ControlException;
import dev.unifiedproxy.control.NewRegistration;
import dev.unifiedproxy.control.RegisteredContainer;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Shows what the proxy does: the production wiring on free ports in a directory of its own, a
 * stand-in for an API, a registered client and one that is not. Nothing leaves the machine.
 */
final class Demo {
    private static final String API = "api.anthropic.com";
    private static final String TRAP = "inside.example";
    private static final String METADATA_SERVICE = "169.254.169.254";
    private static final String AGENT = "127.0.0.2";
    private static final String STRANGER = "127.0.0.3";
    private static final String CONTAINER = "demo-agent";

    private static final int EXERCISING_CLIENTS = 8;

    private final Console console;
    private final Path directory;
    private final Duration exercise;
    private final String realKey;
    private final DemoReport report;

    private Demo(Console console, Path directory, Duration exercise) {
        this.exercise = exercise;
        this.console = console;
        this.directory = directory;
        this.realKey = "sk-ant-demo-" + HexFormat.of().formatHex(random());
        this.report = new DemoReport(console.out());
    }

    private static byte[] random() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    /**
     * Runs it and prints what each client saw.
     *
     * @param exercise how long the allowed request is repeated, to warm the Java machine; mostly
     *     zero
     * @return {@link ExitCode#OK} only when every expectation held
     * @throws CommandFailure when this machine cannot play the parts
     */
    static ExitCode run(Console console, Duration exercise) throws CommandFailure {
        long start = console.ticker().getAsLong();
        try {
            Path directory = Files.createTempDirectory("unified-proxy-demo-");
            try {
                return new Demo(console, directory, exercise).play(start);
            } finally {
                Directories.delete(directory);
            }
        } catch (IOException | GeneralSecurityException | StartupException | ControlException e) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION,
                    "the demo cannot run here: "
                            + Console.printable(String.valueOf(e.getMessage())),
                    "It needs a temporary directory and the loopback addresses 127.0.0.1 to"
                            + " 127.0.0.3.");
        }
    }

    private ExitCode play(long start)
            throws IOException, GeneralSecurityException, StartupException, ControlException {
        try (StandInApi api =
                        StandInApi.start(API, directory.resolve("stand-in"), console.clock());
                StubResolver resolver =
                        StubResolver.start(InetAddress.ofLiteral(METADATA_SERVICE));
                LoggedProxy running =
                        LoggedProxy.start(
                                settings(api, resolver),
                                Map.of("ANTHROPIC_API_KEY", realKey),
                                directory.resolve("log"))) {
            introduce(running.proxy());
            scenes(running.proxy(), api);
        }
        report.finish(Duration.ofNanos(console.ticker().getAsLong() - start));
        suggest();
        return report.allHeld() ? ExitCode.OK : ExitCode.REFUSED;
    }

    private Settings settings(StandInApi api, StubResolver resolver) throws IOException {
        Path config = Files.createDirectory(directory.resolve("config"));
        Files.writeString(config.resolve("allowlist.conf"), API + "\n" + TRAP + "\n");
        Path hosts = directory.resolve("hosts");
        Files.writeString(hosts, api.address() + " " + API + "\n");
        Map<String, String> variables =
                Map.ofEntries(
                        Map.entry("PROXY_BIND", "127.0.0.1"),
                        Map.entry("PROXY_PORT", "0"),
                        Map.entry("METRICS_BIND", "127.0.0.1"),
                        Map.entry("METRICS_PORT", "0"),
                        Map.entry("PROXY_ENABLE_DNS", "false"),
                        Map.entry("PROXY_RUN_DIR", directory.resolve("run").toString()),
                        Map.entry("PROXY_STATE_DIR", directory.resolve("state").toString()),
                        Map.entry("PROXY_CERTS_DIR", directory.resolve("certs").toString()),
                        Map.entry("PROXY_CONFIG_DIR", config.toString()),
                        Map.entry("PROXY_HOSTS_FILE", hosts.toString()),
                        Map.entry("PROXY_UPSTREAM_CA_FILE", api.authorityFile().toString()),
                        Map.entry("PROXY_DNS_UPSTREAM", "127.0.0.1:" + resolver.port()));
        return Settings.load(variables, Map.of(), console.home(), Directories::writable);
    }

    private void introduce(RunningProxy proxy) {
        console.out()
                .printf(
                        """
                        A proxy on 127.0.0.1:%d, a stand-in for %s, and two clients; nothing leaves this machine.
                        The proxy holds the key %s. Client %s is registered as %s, client %s is not.

                        """,
                        proxy.ports().proxy(),
                        API,
                        DemoReport.masked(realKey),
                        AGENT,
                        CONTAINER,
                        STRANGER);
    }

    private void scenes(RunningProxy proxy, StandInApi api)
            throws IOException, GeneralSecurityException, ControlException {
        ControlClient control =
                new ControlClient(proxy.controlSocket(), Duration.ofSeconds(10), console.ticker());
        RegisteredContainer registered =
                control.register(
                        new NewRegistration(CONTAINER, AGENT, Duration.ofHours(1), Map.of()));
        String login = CONTAINER + ":" + registered.ticket().orElse("");
        Path certificate = proxy.certsDir().resolve("mitmproxy-ca.pem");
        DemoClient agent = DemoClient.at(AGENT, proxy.ports().proxy(), certificate);
        DemoClient stranger = DemoClient.at(STRANGER, proxy.ports().proxy(), certificate);

        injected(agent.get(API, login, SandboxEnvironment.PLACEHOLDER), api);
        exercise(agent, login);
        refused(
                "a name that no rule allows",
                "evil.example",
                agent,
                login,
                "policy.host_not_allowed");
        refused("an address instead of a name", "203.0.113.7", agent, login, "policy.ip_literal");
        refused(
                "an allowed name that leads to " + METADATA_SERVICE,
                TRAP,
                agent,
                login,
                "upstream.address_forbidden");
        refused("a client that is not registered", API, stranger, "", "identity.unknown_container");
        refused("the same client with a stolen ticket", API, stranger, login, "identity.");
        control.remove(CONTAINER);
        refused("the registered client, once removed", API, agent, login, "identity.");
    }

    /** Keeps several connections busy, as agents would; what they see was shown already. */
    private void exercise(DemoClient agent, String login) {
        long end = console.ticker().getAsLong() + exercise.toNanos();
        if (exercise.isZero()) {
            return;
        }
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < EXERCISING_CLIENTS; i++) {
                clients.submit(
                        () ->
                                agent.get(
                                        API,
                                        login,
                                        SandboxEnvironment.PLACEHOLDER,
                                        () -> console.ticker().getAsLong() < end));
            }
        }
    }

    private void injected(Seen seen, StandInApi api) {
        report.line(
                seen.status() == 200 && api.lastKey().equals(realKey),
                "an allowed request with a placeholder",
                "%d; the client sent %s, the API received %s%s"
                        .formatted(
                                seen.status(),
                                SandboxEnvironment.PLACEHOLDER,
                                DemoReport.masked(api.lastKey()),
                                api.lastKey().equals(realKey) ? ", the real key" : ""));
        report.line(
                !seen.text().contains(realKey),
                "what came back",
                "the API's answer; the real key is nowhere in it");
    }

    private void refused(String what, String host, DemoClient client, String login, String code)
            throws IOException {
        Seen seen = client.get(host, login, SandboxEnvironment.PLACEHOLDER);
        report.line(
                seen.status() == 403 && seen.code().startsWith(code),
                what,
                "%s: %d %s".formatted(host, seen.status(), seen.code()));
    }

    private void suggest() {
        String program = console.program();
        Table table =
                new Table(
                        "  ANTHROPIC_API_KEY=… " + program + " serve",
                        "run it with a key of yours");
        table.row("  " + program + " container add sandbox-1 --ip 127.0.0.1", "let a client in");
        table.row("  eval \"$(" + program + " env sandbox-1)\"", "point a shell at it");
        table.row("  curl https://api.anthropic.com/v1/models", "use it; README.md says more");
        console.out().print("\nWhat to do next:\n" + table.render());
    }
}
