package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.unifiedproxy.github.GithubSettings;
import dev.unifiedproxy.host.Cidr;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.host.PinnedAddress;
import dev.unifiedproxy.policy.AllowRule;
import dev.unifiedproxy.policy.PassThroughList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@link Settings} as {@link SettingsAssembly} puts them together. */
class SettingsTest {
    private static final Path HOME = Path.of("/home/dev");

    @TempDir Path directory;

    private static Settings load(Map<String, String> environment) {
        return Settings.load(environment, Map.of(), HOME, path -> true);
    }

    private static String problems(Map<String, String> environment) {
        ConfigurationException exception =
                catchThrowableOfType(ConfigurationException.class, () -> load(environment));
        assertThat(exception).as(environment.toString()).isNotNull();
        return exception.getMessage();
    }

    private static Settings.Endpoint endpoint(String address, int port) {
        return new Settings.Endpoint(IpAddress.parse(address), port);
    }

    @Test
    void defaults() {
        assertThat(load(Map.of("PATH", "/bin", "HOME", "/root")))
                .isEqualTo(
                        new Settings(
                                new Settings.Places(
                                        Path.of("/var/run/proxy"),
                                        Path.of("/var/lib/unified-proxy"),
                                        Path.of("/etc/proxy/certs"),
                                        Path.of("/etc/proxy"),
                                        Path.of("/var/lib/unified-proxy/registry.db"),
                                        Optional.empty()),
                                new Settings.Listeners(
                                        endpoint("0.0.0.0", 8080),
                                        Optional.of(endpoint("0.0.0.0", 53)),
                                        endpoint("0.0.0.0", 9090),
                                        List.of(),
                                        new Settings.Control(
                                                Path.of("/var/run/proxy/internal.sock"),
                                                10,
                                                Duration.ofSeconds(1)),
                                        Settings.TicketUse.OPTIONAL),
                                new Settings.PolicySource(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        PassThroughList.EMPTY,
                                        GithubSettings.defaults()),
                                new Settings.Upstream(
                                        Map.of(),
                                        List.of(),
                                        Optional.empty(),
                                        Map.of(),
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(600),
                                        4096,
                                        Optional.empty()),
                                new Settings.Traffic(
                                        Duration.ofSeconds(20),
                                        Duration.ofSeconds(300),
                                        Duration.ofSeconds(10),
                                        4096,
                                        512,
                                        new Settings.Engine(
                                                0, Settings.Provider.AUTO, Settings.Provider.AUTO)),
                                new Settings.Logging(
                                        Settings.LogLevel.INFO,
                                        Settings.LogFormat.JSON,
                                        true,
                                        true)));
    }

    private static Map<String, String> everyName(Path hosts, Path roots) {
        Map<String, String> all = new HashMap<>();
        all.put("PROXY_BIND", "127.0.0.1");
        all.put("PROXY_PORT", "0");
        all.put("DNS_BIND", "::1");
        all.put("DNS_PORT", "5300");
        all.put("METRICS_BIND", "[::1]");
        all.put("METRICS_PORT", "65535");
        all.put("PROXY_METRICS_NETWORKS", "10.0.0.0/8, fd00::/8");
        all.put("PROXY_ENABLE_DNS", "true");
        all.put("PROXY_TICKET", "required");
        all.put("INTERNAL_API_SOCKET", "/s/api.sock");
        all.put("RATE_LIMIT_REQUESTS", "2000");
        all.put("RATE_LIMIT_WINDOW", "2.5");
        all.put("REGISTRY_DB_PATH", "/s/r.db");
        all.put("PROXY_RUN_DIR", "/s/run");
        all.put("PROXY_STATE_DIR", "/s/state");
        all.put("PROXY_CERTS_DIR", "/s/certs");
        all.put("PROXY_CONFIG_DIR", "/s/config");
        all.put("PROXY_ALLOWLIST_PATH", "/s/a.yaml");
        all.put("PROXY_ALLOWLIST_EXTRA_PATH", "/s/extra.yml");
        all.put("PROXY_POLICY_PATH", "/s/rules.yaml");
        all.put("PROXY_TLS_PASSTHROUGH", "Pinned.Example, *.b.example:8443");
        all.put("PROXY_GITHUB_ENTERPRISE_HOSTS", "GHE.example");
        all.put("ALLOW_PR_OPERATIONS", "YES");
        all.put("PROXY_HOSTS_FILE", hosts.toString());
        all.put("PROXY_DNS_UPSTREAM", "127.0.0.11, 10.0.0.1:5353,[::1]:54,::1");
        all.put("PROXY_UPSTREAM_CA_FILE", roots.toString());
        all.put("PROXY_UPSTREAM_PROXY", "http://p.corp:3128");
        all.put("PROXY_CLIENT_CERTIFICATES_FILE", roots.resolveSibling("clients").toString());
        all.put("PROXY_UPSTREAM_PROXY_AUTH_FILE", roots.resolveSibling("login").toString());
        all.put("PROXY_UPSTREAM_NO_PROXY", "a.example");
        all.put("PROXY_CONNECT_TIMEOUT_SECONDS", "1");
        all.put("PROXY_UPSTREAM_TIMEOUT_SECONDS", "2");
        all.put("PROXY_MAX_UPSTREAM_CONNECTIONS", "9");
        all.put("PROXY_IDLE_TIMEOUT_SECONDS", "3");
        all.put("PROXY_REQUEST_HEAD_TIMEOUT_SECONDS", "4");
        all.put("PROXY_DRAIN_SECONDS", "0");
        all.put("PROXY_MAX_CONNECTIONS", "5");
        all.put("PROXY_MAX_CONNECTIONS_PER_CONTAINER", "6");
        all.put("PROXY_EVENT_LOOPS", "7");
        all.put("PROXY_TLS_PROVIDER", "jdk");
        all.put("PROXY_TRANSPORT", "native");
        all.put("PROXY_LOG_LEVEL", "debug");
        all.put("LOG_LEVEL", "WARNING");
        all.put("LOG_FORMAT", "text");
        all.put("LOG_INCLUDE_TIMESTAMP", "false");
        all.put("LOG_INCLUDE_LOCATION", "no");
        return all;
    }

    @Test
    void fullMapping() throws IOException {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 a.example\n");
        Path roots = Files.writeString(directory.resolve("roots.pem"), "x");
        Files.writeString(directory.resolve("login"), "name:password\n");
        Files.writeString(directory.resolve("clients"), "# none\n");
        Map<String, String> all = everyName(hosts, roots);
        assertThat(all.keySet()).isEqualTo(SettingNames.READ);
        // Cidr has no equality of its own; its text stands for it.
        assertThat(load(all).listeners().metricsNetworks())
                .extracting(Cidr::toString)
                .containsExactly("10.0.0.0/8", "fd00::/8");
        all.remove("PROXY_METRICS_NETWORKS");

        Settings settings = load(all);
        assertThat(settings.places())
                .isEqualTo(
                        new Settings.Places(
                                Path.of("/s/run"),
                                Path.of("/s/state"),
                                Path.of("/s/certs"),
                                Path.of("/s/config"),
                                Path.of("/s/r.db"),
                                Optional.empty()));
        assertThat(settings.listeners())
                .isEqualTo(
                        new Settings.Listeners(
                                endpoint("127.0.0.1", 0),
                                Optional.of(endpoint("::1", 5300)),
                                endpoint("::1", 65535),
                                List.of(),
                                new Settings.Control(
                                        Path.of("/s/api.sock"), 2000, Duration.ofMillis(2500)),
                                Settings.TicketUse.REQUIRED));
        assertThat(settings.policy())
                .isEqualTo(
                        new Settings.PolicySource(
                                Optional.of(Path.of("/s/a.yaml")),
                                Optional.of(Path.of("/s/extra.yml")),
                                Optional.of(Path.of("/s/rules.yaml")),
                                new PassThroughList(
                                        List.of(
                                                passThrough("pinned.example", Set.of()),
                                                passThrough("*.b.example", Set.of(8443)))),
                                new GithubSettings(Set.of(Host.parse("ghe.example")), true)));
        assertMappedNumbers(settings, roots);
    }

    private static AllowRule passThrough(String pattern, Set<Integer> ports) {
        return new AllowRule(HostPattern.parse(pattern), ports, false, "PROXY_TLS_PASSTHROUGH", "");
    }

    private static void assertMappedNumbers(Settings settings, Path roots) {
        assertThat(settings.upstream())
                .isEqualTo(
                        new Settings.Upstream(
                                Map.of(
                                        Hostname.parse("a.example"),
                                        List.of(PinnedAddress.parse("127.0.0.1"))),
                                List.of(
                                        endpoint("127.0.0.11", 53),
                                        endpoint("10.0.0.1", 5353),
                                        endpoint("::1", 54),
                                        endpoint("::1", 53)),
                                Optional.of(roots),
                                Map.of(),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                9,
                                settings.upstream().proxy()));
        assertThat(settings.upstream().proxy().orElseThrow().authority())
                .hasToString("p.corp:3128");
        assertThat(settings.traffic())
                .isEqualTo(
                        new Settings.Traffic(
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(3),
                                Duration.ZERO,
                                5,
                                6,
                                new Settings.Engine(
                                        7, Settings.Provider.JDK, Settings.Provider.NATIVE)));
        assertThat(settings.logging())
                .isEqualTo(
                        new Settings.Logging(
                                Settings.LogLevel.WARN, Settings.LogFormat.TEXT, false, false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PROXY_PORT | abc | PROXY_PORT: 'abc' (expected: a number from 0 to 65535)",
                "PROXY_PORT | 65536 | a number from 0 to 65535",
                "PROXY_PORT | -1 | PROXY_PORT: '-1'",
                "PROXY_PORT | 80 80 | a number",
                "PROXY_PORT | 99999999999999999999 | a number",
                "PROXY_PORT | ٣ | a number",
                "DNS_PORT | x | DNS_PORT: 'x'",
                "PROXY_BIND | localhost | PROXY_BIND: 'localhost' (expected: an IP address such as",
                "METRICS_BIND | 127.1 | METRICS_BIND: '127.1'",
                "PROXY_METRICS_NETWORKS | 10.0.0.1/8 | PROXY_METRICS_NETWORKS: '10.0.0.1/8'",
                "PROXY_METRICS_NETWORKS | 10.0.0.0/8, | PROXY_METRICS_NETWORKS: ''",
                "RATE_LIMIT_REQUESTS | 0 | a number from 1 to 1000000",
                "RATE_LIMIT_WINDOW | 0 | RATE_LIMIT_WINDOW: '0' (expected: seconds from 0.001 to"
                        + " 86400",
                "RATE_LIMIT_WINDOW | 86400.001 | seconds from 0.001 to 86400",
                "RATE_LIMIT_WINDOW | 0.0001 | seconds from 0.001 to 86400",
                "RATE_LIMIT_WINDOW | -1 | seconds from 0.001 to 86400",
                "PROXY_TICKET | no | PROXY_TICKET: 'no' (expected: one of optional, required)",
                "PROXY_TLS_PASSTHROUGH | a.example,!b.example | PROXY_TLS_PASSTHROUGH: '!b.example'"
                        + " (expected: name or *.name",
                "PROXY_TLS_PASSTHROUGH | 192.0.2.1 | PROXY_TLS_PASSTHROUGH: '192.0.2.1'",
                "PROXY_TLS_PASSTHROUGH | a.example, | PROXY_TLS_PASSTHROUGH: ''",
                "PROXY_TLS_PASSTHROUGH | *.com | PROXY_TLS_PASSTHROUGH: '*.com'",
                "PROXY_GITHUB_ENTERPRISE_HOSTS | *.example | PROXY_GITHUB_ENTERPRISE_HOSTS:",
                "ALLOW_PR_OPERATIONS | on | ALLOW_PR_OPERATIONS: 'on' (expected: true or false)",
                "PROXY_HOSTS_FILE | /no/such | PROXY_HOSTS_FILE: '/no/such' (expected: a file",
                "PROXY_UPSTREAM_CA_FILE | /no/such | PROXY_UPSTREAM_CA_FILE: '/no/such'",
                "PROXY_UPSTREAM_CA_FILE | / | PROXY_UPSTREAM_CA_FILE: '/'",
                "PROXY_DNS_UPSTREAM | dns.example | PROXY_DNS_UPSTREAM: 'dns.example'",
                "PROXY_DNS_UPSTREAM | 1.1.1.1:0 | PROXY_DNS_UPSTREAM: '1.1.1.1:0'",
                "PROXY_DNS_UPSTREAM | [::1]: | PROXY_DNS_UPSTREAM: '[::1]:'",
                "PROXY_CONNECT_TIMEOUT_SECONDS | 0 | a number from 1 to 86400",
                "PROXY_DRAIN_SECONDS | 1.5 | a number from 0 to 86400",
                "PROXY_MAX_CONNECTIONS | 0 | a number from 1 to 1000000",
                "PROXY_EVENT_LOOPS | 1025 | a number from 0 to 1024",
                "PROXY_TLS_PROVIDER | boring | one of auto, native, jdk",
                "LOG_LEVEL | loud | LOG_LEVEL: 'loud' (expected: one of debug, info, warn, error)",
                "LOG_FORMAT | xml | one of json, text",
                "LOG_INCLUDE_TIMESTAMP | maybe | true or false",
                "PROXY_PROT | 1 | PROXY_PROT: is not a setting (did you mean PROXY_PORT?)",
                "PROXY_ENABLE_DSN | true | did you mean PROXY_ENABLE_DNS?",
            })
    void refuses(String name, String value, String message) {
        assertThat(problems(Map.of(name, value))).contains(message);
    }

    @Test
    void leavesForeignVariablesWithOurPrefixAlone() {
        assertThat(load(Map.of("PROXY_SERVICE_HOST", "10.0.0.1", "PROXY_CA_KEY", "x")))
                .isEqualTo(load(Map.of()));
    }

    @Test
    void refusesPathWithNulAndLongSocket() {
        assertThat(problems(Map.of("PROXY_RUN_DIR", "/a\u0000b")))
                .isEqualTo("PROXY_RUN_DIR: '/a\\u0000b' (expected: a path)");
        assertThat(problems(Map.of("PROXY_RUN_DIR", "/" + "r".repeat(100))))
                .startsWith("INTERNAL_API_SOCKET: '/rrr")
                .endsWith("(expected: a path of at most 107 bytes)");
    }

    @Test
    void reportsEverythingAtOnce() throws IOException {
        Path hosts = Files.writeString(directory.resolve("hosts"), "x y\n");

        assertThat(
                        problems(
                                        Map.of(
                                                "PROXY_PORT", "abc",
                                                "DNS_PORT", "def",
                                                "PROXY_PROT", "1",
                                                "LOG_FORMAT", "xml",
                                                "PROXY_HOSTS_FILE", hosts.toString()))
                                .lines())
                .hasSize(5)
                .anyMatch(line -> line.startsWith(hosts + ":1:1: 'x' is not an IP address"));
    }

    @Test
    void flagsWinOverTheEnvironmentAndEmptyCountsAsAbsent() {
        Settings settings =
                Settings.load(
                        Map.of("PROXY_PORT", "1", "METRICS_PORT", "2", "LOG_LEVEL", ""),
                        Map.of("PROXY_PORT", "3", "METRICS_PORT", ""),
                        HOME,
                        path -> true);

        assertThat(settings.listeners().proxy().port()).isEqualTo(3);
        assertThat(settings.listeners().metrics().port()).isEqualTo(2);
        assertThat(settings.logging().level()).isEqualTo(Settings.LogLevel.INFO);
    }

    @Test
    void everyUnknownFlagIsAProblem() {
        ConfigurationException exception =
                catchThrowableOfType(
                        ConfigurationException.class,
                        () -> Settings.load(Map.of(), Map.of("LOG_LEVL", "x"), HOME, path -> true));

        assertThat(exception).hasMessage("LOG_LEVL: is not a setting (did you mean LOG_LEVEL?)");
    }

    @Test
    void namesOfLaterVersionsAndOtherProgramsAreAccepted() {
        assertThat(
                        load(
                                Map.of(
                                        "PROXY_MODE", "regular",
                                        "PROXY_FILE_RESTRICTIONS_PATH", "/x",
                                        "PROXY_URL", "http://localhost:8080",
                                        "PROXY_SOCKET_PATH", "/x",
                                        "PROXY_CONTAINER_NAME", "x",
                                        "HTTP_PROXY", "x",
                                        "GATEWAY_PORT", "9848")))
                .isEqualTo(load(Map.of()));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "TRUE, false", "1, false", "yes, false"})
    void onlyTheExactWordTurnsDnsOn(String value, boolean on) {
        assertThat(load(Map.of("PROXY_ENABLE_DNS", value)).listeners().dns().isPresent())
                .isEqualTo(on);
    }

    @ParameterizedTest
    @CsvSource({"debug, DEBUG", "Info, INFO", "WARNING, WARN", "CRITICAL, ERROR"})
    void logLevelFallsBackToTheProxysOwn(String value, Settings.LogLevel level) {
        assertThat(load(Map.of("PROXY_LOG_LEVEL", value)).logging().level()).isEqualTo(level);
    }

    @Test
    void endpointPrintsAsItIsWritten() {
        assertThat(endpoint("::1", 53)).hasToString("[::1]:53");
        assertThat(endpoint("10.0.0.1", 0)).hasToString("10.0.0.1:0");
    }
}
