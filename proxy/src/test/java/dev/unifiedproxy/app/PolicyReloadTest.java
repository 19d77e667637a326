package dev.unifiedproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.control.HealthSource.State;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.metrics.MetricsPage;
import dev.unifiedproxy.metrics.ProcessFacts;
import dev.unifiedproxy.metrics.ProxyMetrics;
import dev.unifiedproxy.policy.Decision;
import dev.unifiedproxy.policy.PolicyEngine;
import dev.unifiedproxy.policy.Sandboxes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link PolicyReload}: a good change decides at once, a bad one changes nothing and is seen. */
final class PolicyReloadTest {
    private static final Duration OFTEN = Duration.ofMillis(10);

    @TempDir Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final List<PolicyReload> open = new ArrayList<>();
    private final ProxyMetrics metrics =
            new ProxyMetrics(
                    new ProcessFacts(
                            () -> 0, () -> 0, () -> 0, new ProcessFacts.Build("1", "x", "y")));

    @AfterEach
    void close() {
        open.forEach(PolicyReload::close);
    }

    private PolicyReload start() {
        environment.putIfAbsent("PROXY_CONFIG_DIR", directory.toString());
        Settings settings = Settings.load(environment, Map.of(), directory, path -> true);
        PolicyReload reload =
                PolicyReload.watching(
                        settings,
                        PolicyStart.load(settings),
                        metrics,
                        () -> Instant.ofEpochSecond(1_234),
                        OFTEN);
        open.add(reload);
        return reload;
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("allowlist.conf"), text);
    }

    private static boolean allows(PolicyReload reload, String host) {
        return new PolicyEngine(reload::snapshot)
                        .decide(Authority.parse(host, 443), Sandboxes.PLAIN)
                instanceof Decision.Allow;
    }

    private String page() {
        return new MetricsPage(metrics).render(Optional.empty());
    }

    @Test
    void aChangeDecidesAndIsSeen() throws IOException {
        write("a.example\n");
        PolicyReload reload = start();
        String before = reload.snapshot().version();
        assertThat(page())
                .contains("proxy_policy_info{version=\"" + before + "\"} 1.0")
                .contains("proxy_policy_loaded_timestamp_seconds 1234.0");

        write("b.example\n");

        await().until(() -> allows(reload, "b.example"));
        assertThat(allows(reload, "a.example")).isFalse();
        assertThat(reload.health().state()).isEqualTo(State.HEALTHY);
        await().untilAsserted(
                        () ->
                                assertThat(page())
                                        .contains(
                                                "proxy_policy_info{version=\""
                                                        + reload.snapshot().version()
                                                        + "\"} 1.0")
                                        .contains("proxy_policy_reloads_total{result=\"ok\"} 2.0")
                                        .contains(
                                                "proxy_policy_reloads_total{result=\"failed\"} 0.0")
                                        .doesNotContain(before));
    }

    @Test
    void aBadChangeKeepsTheLastGoodOneUntilItIsMended() throws IOException {
        Path file = write("a.example\n");
        PolicyReload reload = start();
        String version = reload.snapshot().version();

        write("b.example\nhttps://x/\na/b\n");

        await().until(() -> reload.health().state() == State.DEGRADED);
        assertThat(reload.health().detail())
                .startsWith(file + ":2:1: ")
                .endsWith("(and 1 more); policy " + version + " stays in force");
        assertThat(allows(reload, "a.example")).isTrue();
        assertThat(allows(reload, "b.example")).isFalse();
        await().untilAsserted(
                        () ->
                                assertThat(page())
                                        .contains(
                                                "proxy_policy_reloads_total{result=\"failed\"}"
                                                        + " 1.0"));

        write("b.example\n");
        await().until(() -> reload.health().state() == State.HEALTHY);
        assertThat(allows(reload, "b.example")).isTrue();
    }

    @Test
    void theOldContentMendsABadChange() throws IOException {
        write("a.example\n");
        PolicyReload reload = start();
        write("a/b\n");
        await().until(() -> reload.health().state() == State.DEGRADED);

        write("a.example\n");

        await().until(() -> reload.health().state() == State.HEALTHY);
    }

    @Test
    void aFileThatIsGoneChangesNothing() throws IOException {
        Path file = write("a.example\n");
        PolicyReload reload = start();

        Files.delete(file);

        await().until(() -> reload.health().state() == State.DEGRADED);
        assertThat(reload.health().detail()).startsWith(file + ": is gone (expected: the file");
        assertThat(allows(reload, "a.example")).isTrue();
    }

    @Test
    void aFileThatAppearsEndsTheRefusalOfEverything() throws IOException {
        PolicyReload reload = start();
        assertThat(reload.snapshot().denyReason()).isPresent();

        write("a.example\n");

        await().until(() -> allows(reload, "a.example"));
    }

    @Test
    void aLinkThatIsSwappedIsAChange() throws IOException {
        // As Kubernetes mounts a ConfigMap: file -> ..data/file, ..data -> ..2026_1
        Path one = Files.createDirectory(directory.resolve("..2026_1"));
        Path two = Files.createDirectory(directory.resolve("..2026_2"));
        Files.writeString(one.resolve("allowlist.conf"), "a.example\n");
        Files.writeString(two.resolve("allowlist.conf"), "b.example\n");
        Path data = Files.createSymbolicLink(directory.resolve("..data"), one);
        Files.createSymbolicLink(
                directory.resolve("allowlist.conf"), Path.of("..data", "allowlist.conf"));
        PolicyReload reload = start();
        assertThat(allows(reload, "a.example")).isTrue();

        Path next = Files.createSymbolicLink(directory.resolve("..data_tmp"), two);
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);

        await().until(() -> allows(reload, "b.example"));
    }

    @Test
    void aRequestReadsWhatLooksTheSame() throws IOException {
        write("a.example\n");
        PolicyReload reload = start();

        reload.request();

        await().until(() -> page().contains("proxy_policy_reloads_total{result=\"ok\"} 2.0"));
        reload.close();
        reload.request();
        assertThat(allows(reload, "a.example")).isTrue();
    }

    @Test
    void theBuiltInAllowlistIsReadOnce() throws IOException {
        environment.put("PROXY_CONFIG_DIR", "");
        Settings settings = Settings.load(environment, Map.of(), directory, path -> false);
        PolicyReload.Start start = PolicyReload.Start.read(settings);

        assertThat(start.loaded().written()).isNotEmpty();
        assertThat(start.files()).isEqualTo(PolicyFiles.look(start.loaded().watched()));
    }
}
