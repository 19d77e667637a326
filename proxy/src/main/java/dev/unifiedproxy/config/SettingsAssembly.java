package dev.unifiedproxy.config;

import dev.unifiedproxy.credential.ClientCertificate;
import dev.unifiedproxy.github.GithubSettings;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.PinnedAddress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Puts the settings together from their names and defaults. */
final class SettingsAssembly {
    private static final Path RUN = Path.of("/var/run/proxy");
    private static final Path STATE = Path.of("/var/lib/unified-proxy");
    private static final Path CERTIFICATES = Path.of("/etc/proxy/certs");
    private static final Path CONFIG = Path.of("/etc/proxy");
    private static final String LAPTOP = ".unified-proxy";

    private static final int DNS_PORT = 53;

    /** Needs no privilege; 5353 is mDNS, which laptops run. */
    private static final int LAPTOP_DNS_PORT = 1053;

    /** sun_path of unix(7) has 108 bytes, one of them for the end. */
    private static final int MAX_SOCKET_PATH = 107;

    private final SettingValues values;
    private final Problems problems;
    private final Optional<Path> laptop;

    private SettingsAssembly(SettingValues values, Problems problems, Optional<Path> laptop) {
        this.values = values;
        this.problems = problems;
        this.laptop = laptop;
    }

    static Settings read(
            Map<String, String> environment,
            Map<String, String> flags,
            Path home,
            Predicate<Path> writable) {
        Problems problems = new Problems();
        SettingNames.check(environment, flags, problems);
        SettingValues values = new SettingValues(environment, flags, problems);
        boolean placesAreSet =
                Stream.of("PROXY_RUN_DIR", "PROXY_STATE_DIR", "PROXY_CERTS_DIR", "PROXY_CONFIG_DIR")
                        .anyMatch(name -> values.text(name).isPresent());
        boolean laptop = !placesAreSet && Stream.of(RUN, STATE, CERTIFICATES).noneMatch(writable);
        SettingsAssembly reader =
                new SettingsAssembly(
                        values,
                        problems,
                        laptop ? Optional.of(home.resolve(LAPTOP)) : Optional.empty());
        Settings settings = reader.settings();
        problems.throwIfAny();
        return settings;
    }

    private Settings settings() {
        Settings.Places places = places();
        return new Settings(places, listeners(places), policy(), upstream(), traffic(), logging());
    }

    private Settings.Places places() {
        Path state = directory("PROXY_STATE_DIR", STATE, "state");
        return new Settings.Places(
                directory("PROXY_RUN_DIR", RUN, "run"),
                state,
                directory("PROXY_CERTS_DIR", CERTIFICATES, "certs"),
                directory("PROXY_CONFIG_DIR", CONFIG, "config"),
                values.path("REGISTRY_DB_PATH", state.resolve("registry.db")),
                laptop);
    }

    private Path directory(String name, Path usual, String underHome) {
        return values.path(name, laptop.map(base -> base.resolve(underHome)).orElse(usual));
    }

    private Settings.Listeners listeners(Settings.Places places) {
        Settings.Endpoint dns =
                values.endpoint(
                        "DNS_BIND", "DNS_PORT", laptop.isPresent() ? LAPTOP_DNS_PORT : DNS_PORT);
        // Only this spelling turns it on; whatever else stands there turns it off.
        boolean dnsOn = values.text("PROXY_ENABLE_DNS").orElse("true").equals("true");
        return new Settings.Listeners(
                values.endpoint("PROXY_BIND", "PROXY_PORT", 8080),
                dnsOn ? Optional.of(dns) : Optional.empty(),
                values.endpoint("METRICS_BIND", "METRICS_PORT", 9090),
                values.networks("PROXY_METRICS_NETWORKS"),
                control(places),
                values.choice(
                        "PROXY_TICKET", Settings.TicketUse.OPTIONAL, Settings.TicketUse.values()));
    }

    private Settings.Control control(Settings.Places places) {
        return new Settings.Control(
                socket(places),
                values.number("RATE_LIMIT_REQUESTS", 10, 1, 1_000_000),
                values.decimalSeconds("RATE_LIMIT_WINDOW", Duration.ofSeconds(1)));
    }

    private Path socket(Settings.Places places) {
        Path socket =
                values.path("INTERNAL_API_SOCKET", places.runDirectory().resolve("internal.sock"));
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
            values.wrong(
                    "INTERNAL_API_SOCKET",
                    socket.toString(),
                    "a path of at most " + MAX_SOCKET_PATH + " bytes");
        }
        return socket;
    }

    private Settings.PolicySource policy() {
        return new Settings.PolicySource(
                values.path("PROXY_ALLOWLIST_PATH"),
                values.path("PROXY_ALLOWLIST_EXTRA_PATH"),
                values.path("PROXY_POLICY_PATH"),
                values.passThrough("PROXY_TLS_PASSTHROUGH"),
                new GithubSettings(
                        values.names("PROXY_GITHUB_ENTERPRISE_HOSTS"),
                        values.yes("ALLOW_PR_OPERATIONS", false)));
    }

    private Settings.Upstream upstream() {
        return new Settings.Upstream(
                hosts(),
                values.servers("PROXY_DNS_UPSTREAM"),
                readable("PROXY_UPSTREAM_CA_FILE"),
                clientCertificates(),
                values.seconds("PROXY_CONNECT_TIMEOUT_SECONDS", 10, 1),
                values.seconds("PROXY_UPSTREAM_TIMEOUT_SECONDS", 600, 1),
                values.number("PROXY_MAX_UPSTREAM_CONNECTIONS", 4096, 1, 1_000_000),
                new UpstreamProxySettings(values, readable("PROXY_UPSTREAM_PROXY_AUTH_FILE"))
                        .read());
    }

    private Map<Hostname, List<PinnedAddress>> hosts() {
        Optional<Path> file = readable("PROXY_HOSTS_FILE");
        if (file.isEmpty()) {
            return Map.of();
        }
        try {
            return HostsFile.parse(file.get().toString(), Files.readAllBytes(file.get()));
        } catch (ConfigurationException e) {
            problems.addAll(e.problems());
        } catch (IOException e) {
            values.wrong("PROXY_HOSTS_FILE", file.get().toString(), "a file that can be read");
        }
        return Map.of();
    }

    private Map<Host, ClientCertificate> clientCertificates() {
        Optional<Path> file = readable("PROXY_CLIENT_CERTIFICATES_FILE");
        if (file.isEmpty()) {
            return Map.of();
        }
        try {
            return ClientCertificatesFile.parse(file.get(), Files.readAllBytes(file.get()));
        } catch (ConfigurationException e) {
            problems.addAll(e.problems());
        } catch (IOException e) {
            values.wrong(
                    "PROXY_CLIENT_CERTIFICATES_FILE",
                    file.get().toString(),
                    "a file that can be read");
        }
        return Map.of();
    }

    private Optional<Path> readable(String name) {
        Optional<Path> file = values.path(name);
        if (file.isPresent()
                && !(Files.isRegularFile(file.get()) && Files.isReadable(file.get()))) {
            values.wrong(name, file.get().toString(), "a file that can be read");
            return Optional.empty();
        }
        return file;
    }

    private Settings.Traffic traffic() {
        return new Settings.Traffic(
                values.seconds("PROXY_REQUEST_HEAD_TIMEOUT_SECONDS", 20, 1),
                values.seconds("PROXY_IDLE_TIMEOUT_SECONDS", 300, 1),
                values.seconds("PROXY_DRAIN_SECONDS", 10, 0),
                values.number("PROXY_MAX_CONNECTIONS", 4096, 1, 1_000_000),
                values.number("PROXY_MAX_CONNECTIONS_PER_CONTAINER", 512, 1, 1_000_000),
                new Settings.Engine(
                        values.number("PROXY_EVENT_LOOPS", 0, 0, 1024),
                        provider("PROXY_TLS_PROVIDER"),
                        provider("PROXY_TRANSPORT")));
    }

    private Settings.Provider provider(String name) {
        return values.choice(name, Settings.Provider.AUTO, Settings.Provider.values());
    }

    private Settings.Logging logging() {
        Settings.LogLevel general = values.level("PROXY_LOG_LEVEL", Settings.LogLevel.INFO);
        return new Settings.Logging(
                values.level("LOG_LEVEL", general),
                values.choice("LOG_FORMAT", Settings.LogFormat.JSON, Settings.LogFormat.values()),
                values.yes("LOG_INCLUDE_TIMESTAMP", true),
                values.yes("LOG_INCLUDE_LOCATION", true));
    }
}
