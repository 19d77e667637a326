package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.app.LoggedProxy;
import dev.unifiedproxy.app.RunningProxy;
import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.control.ControlClient;
import dev.unifiedproxy.control.NewRegistration;
import dev.unifiedproxy.control.RegisteredContainer;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.net.ssl.TrustManagerFactory;

/**
 * The whole proxy for the tests of one class: production wiring, free ports, a directory of its
 * own, canaries for credentials, a stand-in server and a stub resolver. When the class is over,
 * every canary is hunted in what the proxy wrote and said.
 */
public final class ProxyUnderTest
        implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
    /** The address that is registered as {@value #CONTAINER}. */
    public static final String REGISTERED = "127.0.0.2";

    /** An address that is registered as nothing. */
    public static final String STRANGER = "127.0.0.3";

    /** The address that is registered as {@value #BOT}. */
    public static final String BOT_ADDRESS = "127.0.0.4";

    /** The container of most tests. */
    public static final String CONTAINER = "sandbox-123";

    /** Another container. */
    public static final String BOT = "bot-1";

    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, String> credentials = new LinkedHashMap<>(Canaries.ENVIRONMENT);
    private final List<String> allowed = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<String> ownHosts = new ArrayList<>();
    private final Map<String, String> configFiles = new LinkedHashMap<>();
    private Optional<Parts> parts = Optional.empty();

    private record Parts(
            int generation,
            Settings settings,
            Path directory,
            StandInUpstream upstream,
            StubDns dns,
            LoggedProxy proxy,
            TlsClients tls,
            Transcript transcript) {}

    private ProxyUnderTest() {}

    /** A proxy that allows these names, all of which lead to the stand-in server. */
    public static ProxyUnderTest allowing(String... hosts) {
        ProxyUnderTest proxy = new ProxyUnderTest();
        for (String host : hosts) {
            proxy.allowed.add(host);
            if (Character.isLetterOrDigit(host.charAt(0))) {
                proxy.names.add(host.split(":", 2)[0]);
            }
        }
        return proxy;
    }

    /** Allows names without saying where they lead. */
    public ProxyUnderTest allowingUnresolved(String... hosts) {
        allowed.addAll(List.of(hosts));
        return this;
    }

    /** Names that lead to the stand-in server and are not allowed by that. */
    public ProxyUnderTest resolving(String... hosts) {
        names.addAll(List.of(hosts));
        return this;
    }

    /** A line for the hosts file. */
    public ProxyUnderTest hostsLine(String line) {
        ownHosts.add(line);
        return this;
    }

    /** A YAML allowlist in place of the list of names. */
    public ProxyUnderTest policy(String text) {
        configFiles.put("allowlist.yaml", text);
        return this;
    }

    /** A {@code policy.yaml} beside the allowlist. */
    public ProxyUnderTest rules(String text) {
        configFiles.put("policy.yaml", text);
        return this;
    }

    /** A variable of the proxy. */
    public ProxyUnderTest setting(String name, String value) {
        settings.put(name, value);
        return this;
    }

    /** Takes a credential away. */
    public ProxyUnderTest withoutCredential(String variable) {
        credentials.remove(variable);
        return this;
    }

    /** Adds a credential. */
    public ProxyUnderTest credential(String variable, String value) {
        credentials.put(variable, value);
        return this;
    }

    /** A port that was free a moment ago. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a proxy with one credential and stops it again. */
    public static void startWith(String variable, String value) throws Exception {
        ProxyUnderTest proxy = new ProxyUnderTest();
        proxy.credentials.put(variable, value);
        Path directory = Files.createTempDirectory("proxy-under-test-");
        try (StandInUpstream upstream =
                        StandInUpstream.start(
                                Files.createDirectory(directory.resolve("stand-in")));
                StubDns dns = StubDns.start()) {
            LoggedProxy.start(
                            proxy.settings(directory, upstream, dns),
                            proxy.credentials,
                            directory.resolve("log"))
                    .close();
        } finally {
            new ProxyFiles(directory).delete();
        }
    }

    // ---- life ----

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Path directory = Files.createTempDirectory("proxy-under-test-");
        StandInUpstream upstream =
                StandInUpstream.start(Files.createDirectory(directory.resolve("stand-in")));
        StubDns dns = StubDns.start();
        Settings loaded = settings(directory, upstream, dns);
        LoggedProxy proxy = LoggedProxy.start(loaded, credentials, directory.resolve("log-0"));
        Parts made =
                new Parts(
                        0,
                        loaded,
                        directory,
                        upstream,
                        dns,
                        proxy,
                        TlsClients.trusting(proxy.proxy().certsDir().resolve("mitmproxy-ca.pem")),
                        new Transcript());
        parts = Optional.of(made);
        register(CONTAINER, REGISTERED);
        register(BOT, BOT_ADDRESS);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        upstream().forget();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (parts.isEmpty()) {
            return;
        }
        Parts used = parts.get();
        String metrics = proxy().ports().metrics() > 0 && !stopped() ? metrics("127.0.0.1") : "";
        used.proxy.close();
        used.upstream.close();
        used.dns.close();
        List<String> leaks = new ArrayList<>(Canaries.in("the metrics", metrics));
        leaks.addAll(Canaries.in("what clients received", used.transcript.text()));
        leaks.addAll(files().leaks());
        files().delete();
        assertThat(leaks).as("canaries outside the upstream").isEmpty();
    }

    /** Work on the files of a proxy that does not run. */
    public interface Between {
        void run() throws IOException;
    }

    /** Stops the proxy and starts it again on the same files. */
    public void restart(Between between) throws Exception {
        Parts old = made();
        old.proxy.close();
        between.run();
        int generation = old.generation + 1;
        LoggedProxy proxy =
                LoggedProxy.start(
                        old.settings, credentials, old.directory.resolve("log-" + generation));
        parts =
                Optional.of(
                        new Parts(
                                generation,
                                old.settings,
                                old.directory,
                                old.upstream,
                                old.dns,
                                proxy,
                                old.tls,
                                old.transcript));
    }

    private boolean stopped() {
        return !Files.exists(runFile("ready"));
    }

    private Settings settings(Path directory, StandInUpstream upstream, StubDns dns)
            throws IOException {
        Path config = Files.createDirectory(directory.resolve("config"));
        Path hosts = directory.resolve("hosts");
        String lines = upstream.address() + " stand-in.example " + String.join(" ", names) + "\n";
        Files.writeString(hosts, lines + String.join("\n", ownHosts) + "\n");
        Map<String, String> variables = new LinkedHashMap<>();
        if (!configFiles.containsKey("allowlist.yaml")) {
            configFiles.put("allowlist.conf", String.join("\n", allowed) + "\n");
        }
        for (Map.Entry<String, String> file : configFiles.entrySet()) {
            Files.writeString(config.resolve(file.getKey()), file.getValue());
        }
        variables.put("PROXY_BIND", "127.0.0.1");
        variables.put("PROXY_PORT", "0");
        variables.put("METRICS_BIND", "127.0.0.1");
        variables.put("METRICS_PORT", "0");
        variables.put("PROXY_ENABLE_DNS", "false");
        variables.put("PROXY_RUN_DIR", directory.resolve("run").toString());
        variables.put("PROXY_STATE_DIR", directory.resolve("state").toString());
        variables.put("PROXY_CERTS_DIR", directory.resolve("certs").toString());
        variables.put("PROXY_CONFIG_DIR", config.toString());
        variables.put("PROXY_HOSTS_FILE", hosts.toString());
        variables.put("PROXY_UPSTREAM_CA_FILE", upstream.authorityFile().toString());
        variables.put("PROXY_DNS_UPSTREAM", "127.0.0.1:" + dns.port());
        variables.put("LOG_LEVEL", "DEBUG");
        variables.putAll(settings);
        return Settings.load(variables, Map.of(), directory, path -> true);
    }

    // ---- what tests use ----

    /** The stand-in server. */
    public StandInUpstream upstream() {
        return made().upstream;
    }

    /** The resolver that the proxy asks. */
    public StubDns dns() {
        return made().dns;
    }

    /** The running proxy. */
    public RunningProxy proxy() {
        return made().proxy.proxy();
    }

    /** A client at a source address. */
    public Client client(String source) {
        return new Client(source, proxy().ports().proxy(), made().tls, made().transcript, "");
    }

    /** What a client trusts that trusts the proxy. */
    TrustManagerFactory clientTrust() {
        return made().tls.trust();
    }

    /** The registered client. */
    public Client client() {
        return client(REGISTERED);
    }

    /** Registers a container; returns its ticket. */
    public String register(String id, String address) throws Exception {
        RegisteredContainer registered =
                control().register(new NewRegistration(id, address, Duration.ofHours(1), Map.of()));
        return registered.ticket().orElseThrow();
    }

    /** The control API's client. */
    public ControlClient control() {
        return new ControlClient(proxy().controlSocket(), Duration.ofSeconds(10), System::nanoTime);
    }

    /** A file of the run directory. */
    public Path runFile(String name) {
        return made().directory.resolve("run").resolve(name);
    }

    /** A file of the state directory. */
    public Path stateFile(String name) {
        return made().directory.resolve("state").resolve(name);
    }

    /** A file of the configuration directory. */
    public Path configFile(String name) {
        return made().directory.resolve("config").resolve(name);
    }

    /** Asserts that neither a request nor a connection reached the stand-in server. */
    public void assertUpstreamUntouched() {
        assertThat(upstream().seen()).as("requests that the server saw").isEmpty();
        assertThat(upstream().connections()).as("connections to the server").isZero();
    }

    /** Asserts a refusal of the proxy, of which the server saw nothing. */
    public void assertRefused(Reply reply, String outcome) {
        assertThat(reply.outcome()).as("%s", reply).isEqualTo(outcome);
        assertUpstreamUntouched();
    }

    /** Asserts an answer of the stand-in server, which saw exactly this request. */
    public SeenRequest assertForwarded(Reply reply) {
        assertThat(reply.status()).as("%s", reply).isEqualTo(200);
        assertThat(reply.field("x-upstream")).as("%s", reply).isEqualTo("yes");
        return upstream().only();
    }

    /** The metrics as one address sees them. */
    public String metrics(String source) throws IOException, InterruptedException {
        HttpClient http =
                HttpClient.newBuilder().localAddress(InetAddress.ofLiteral(source)).build();
        try (http) {
            return http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://127.0.0.1:"
                                                            + proxy().ports().metrics()
                                                            + "/internal/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** The audit records of one exchange, once there is one. */
    public List<JsonNode> records(String requestId) {
        return files().linesWith("state/audit/audit.jsonl", requestId);
    }

    /** All audit records so far. */
    public List<JsonNode> records() throws IOException {
        return files().lines("state/audit/audit.jsonl");
    }

    /** The log lines of one exchange, once there is one. */
    public List<JsonNode> logLines(String requestId) {
        return files().linesWith("log-" + made().generation, requestId);
    }

    /** The log so far. */
    public String log() throws IOException {
        return Files.readString(made().directory.resolve("log-" + made().generation));
    }

    private ProxyFiles files() {
        return new ProxyFiles(made().directory);
    }

    private Parts made() {
        return parts.orElseThrow();
    }
}
