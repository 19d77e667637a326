package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** {@link LearnCommand}: only what observing let pass is learned, and nothing is changed. */
final class LearnCommandTest {
    @TempDir private Path directory;
    private Path audit;

    @BeforeEach
    void makeDirectories() throws IOException {
        audit = Files.createDirectories(directory.resolve("audit"));
    }

    private CommandHarness.Outcome learn(String... options) {
        String[] command = new String[options.length + 1];
        command[0] = "learn";
        System.arraycopy(options, 0, command, 1, options.length);
        return new CommandHarness(directory)
                .with("PROXY_CONFIG_DIR", directory.toString())
                .with("PROXY_STATE_DIR", directory.toString())
                .run(command);
    }

    private static String record(String time, String id, String method, String path, String seen) {
        return """
        {"time":"%s","kind":"http","container_id":"%s","method":"%s","scheme":"https",\
        "host":"api.example","port":443,"path":"%s","status":200,"outcome":"allowed"%s}
        """
                .formatted(
                        time,
                        id,
                        method,
                        path,
                        seen.isEmpty() ? "" : ",\"observed\":\"" + seen + "\"");
    }

    private void write(String... records) throws IOException {
        Files.writeString(audit.resolve("audit.jsonl"), String.join("", records) + "{cut");
    }

    private static String now(Duration before) {
        return CommandHarness.NOW.minus(before).toString();
    }

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void whatWasObservedIsProposedAndNothingIsWritten() throws IOException {
        Path policy = directory.resolve("policy.yaml");
        Files.writeString(policy, "version: 1\nmode: observe\n");
        Files.writeString(
                audit.resolve("audit-20260101T000000Z.jsonl"),
                record(now(HOUR), "c1", "POST", "/old", "policy.path_not_allowed"));
        write(
                record(now(HOUR), "c1", "CONNECT", "", "policy.host_not_allowed"),
                record(now(HOUR), "c1", "GET", "/items/1", "policy.host_not_allowed"),
                record(now(HOUR), "c2", "GET", "/items/2", "policy.host_not_allowed"),
                record(now(HOUR), "c1", "GET", "/allowed", ""),
                record(now(HOUR), "c1", "GET", "/denied", "policy.rule_denied"));
        CommandHarness.Outcome outcome = learn();
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out())
                .contains("# 4 requests were let through only because their container is observed.")
                .contains("# 1 of them a rule denies: no rule is proposed for them.")
                .contains("--- a/policy.yaml")
                .contains("methods: [GET], paths: [\"/items/*\"]")
                .contains("methods: [POST], paths: [\"/old\"]")
                .doesNotContain("/allowed", "/denied");
        assertThat(policy).hasContent("version: 1\nmode: observe\n");
    }

    @Test
    void oneContainerAndATimeNarrowIt() throws IOException {
        write(
                record(now(HOUR), "c1", "GET", "/mine", "policy.host_not_allowed"),
                record(
                        now(HOUR.multipliedBy(3)),
                        "c1",
                        "GET",
                        "/before",
                        "policy.host_not_allowed"),
                record("yesterday", "c1", "GET", "/broken", "policy.host_not_allowed"),
                record(now(HOUR), "c2", "GET", "/other", "policy.host_not_allowed"));
        assertThat(learn("--container", "c1", "--since", "2h").out())
                .contains("# 1 requests", "+++ b/policy.yaml", "containers:", "c1:", "/mine")
                .doesNotContain("/before", "/broken", "/other");
    }

    @Test
    void nothingObservedIsNothingProposed() throws IOException {
        write(record(now(HOUR), "c1", "GET", "/x", ""));
        assertThat(learn().out()).startsWith("# 0 requests").doesNotContain("+++");
    }

    @Test
    void whatIsWrongIsSaid() throws IOException {
        assertThat(learn("--since", "soon").err()).contains("--since: 'soon'", "24h");
        write(record(now(HOUR), "c1", "GET", "/x", "policy.host_not_allowed"));
        Files.writeString(directory.resolve("policy.yaml"), "version: 1\nrulse: []\n");
        assertThat(learn().status()).isEqualTo(78);
        Files.delete(audit.resolve("audit.jsonl"));
        Files.delete(audit);
        assertThat(learn().status()).isEqualTo(64);
    }
}
