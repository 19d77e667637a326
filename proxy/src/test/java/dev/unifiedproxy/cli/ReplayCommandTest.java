package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@link ReplayCommand}: only what policy decided counts, and only what changes is listed. */
class ReplayCommandTest {
    @TempDir Path directory;

    private CommandHarness.Outcome replay(Path audit) {
        return new CommandHarness(directory)
                .with("PROXY_CONFIG_DIR", directory.toString())
                .run("policy", "replay", audit.toString());
    }

    private static String record(
            String method, String host, String path, String outcome, String code) {
        return """
        {"kind":"http","container_id":"c1","method":"%s","scheme":"%s","host":"%s","port":443,\
        "path":"%s","outcome":"%s","code":"%s"}
        """
                .formatted(
                        method, method.equals("CONNECT") ? "" : "https", host, path, outcome, code);
    }

    @Test
    void everyChangedDecisionIsListedOnce() throws IOException {
        Files.writeString(directory.resolve("allowlist.conf"), "kept.example\nnew.example\n");
        Path audit = directory.resolve("audit.jsonl");
        Files.writeString(
                audit,
                record("CONNECT", "kept.example", "", "allowed", "")
                        + record("GET", "kept.example", "/%C3%A4", "allowed", "")
                        + record("GET", "gone.example", "/a", "allowed", "")
                        + record("GET", "gone.example", "/a", "broken", "upstream.closed")
                        + record("CONNECT", "new.example", "", "refused", "policy.host_not_allowed")
                        + record("CONNECT", "b.example", "", "refused", "policy.host_not_allowed")
                        + record("GET", "x.example", "/", "refused", "identity.unknown_container")
                        + record("", "", "", "refused", "policy.host_not_allowed")
                        + "{cut");
        CommandHarness.Outcome outcome = replay(audit);

        assertThat(outcome.out().lines().toList().subList(0, 2))
                .containsExactly(
                        "allow -> deny  GET https://gone.example:443/a  container=c1, 2 times,"
                                + " policy.host_not_allowed: Domain 'gone.example' not in"
                                + " allowlist",
                        "deny -> allow  CONNECT new.example:443  container=c1, 1 times,"
                                + " allowlist.conf:2 new.example");
        assertThat(outcome.out()).contains("2 of 5 different exchanges would be decided otherwise");
        assertThat(outcome.status()).isEqualTo(1);
    }

    @Test
    void nothingChangedEndsWithZero() throws IOException {
        Files.writeString(directory.resolve("allowlist.conf"), "kept.example\n");
        Path audit = directory.resolve("audit.jsonl");
        Files.writeString(audit, record("GET", "kept.example", "/", "allowed", ""));

        assertThat(replay(audit).out()).startsWith("0 of 1 different exchanges");
        assertThat(replay(audit).status()).isZero();
        assertThat(replay(directory.resolve("none")).status()).isEqualTo(64);
        Files.writeString(directory.resolve("allowlist.conf"), "a/b\n");
        assertThat(replay(audit).status()).isEqualTo(78);
    }
}
