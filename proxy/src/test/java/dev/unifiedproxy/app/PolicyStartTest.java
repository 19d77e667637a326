package dev.unifiedproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.config.PolicyLoader;
import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.policy.Decision;
import dev.unifiedproxy.policy.PolicyEngine;
import dev.unifiedproxy.policy.Sandboxes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** {@link PolicyStart}: allowlist and pass-through list come to one engine. */
final class PolicyStartTest {
    @TempDir Path directory;

    private PolicyEngine load(String passThrough) {
        Settings settings =
                Settings.load(
                        Map.of(
                                "PROXY_CONFIG_DIR",
                                directory.toString(),
                                "PROXY_TLS_PASSTHROUGH",
                                passThrough),
                        Map.of(),
                        directory,
                        path -> true);
        PolicyLoader.Loaded loaded = PolicyStart.load(settings).loaded();
        return PolicyStart.engine(settings, loaded::snapshot);
    }

    @Test
    void bothListsAreNeeded() throws Exception {
        Authority host = Authority.parse("a.example", 443);
        assertThat(load("a.example").decide(host, Sandboxes.PLAIN))
                .isInstanceOf(Decision.Deny.class);
        assertThat(load("a.example").passThrough(host, Sandboxes.PLAIN)).isEmpty();
        Files.writeString(directory.resolve("allowlist.conf"), "a.example\n");
        assertThat(load("a.example").passThrough(host, Sandboxes.PLAIN).orElseThrow().rule())
                .isEqualTo("PROXY_TLS_PASSTHROUGH a.example");
        assertThat(load("").decide(host, Sandboxes.PLAIN)).isInstanceOf(Decision.Allow.class);
        assertThat(load("").passThrough(host, Sandboxes.PLAIN)).isEmpty();
    }
}
