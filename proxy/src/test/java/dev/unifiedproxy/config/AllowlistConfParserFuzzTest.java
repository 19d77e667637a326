package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.unifiedproxy.policy.Allowlist;
import dev.unifiedproxy.policy.PolicySnapshot;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

class AllowlistConfParserFuzzTest {
    /** A value that reads back the same, or problems with their places; nothing else. */
    @FuzzTest
    void readsOrRefuses(byte[] content) {
        Allowlist allowlist;
        try {
            allowlist = AllowlistConfParser.parse("f.conf", content);
        } catch (ConfigurationException e) {
            assertThat(e.problems()).isNotEmpty();
            return;
        }
        String text =
                allowlist.rules().stream()
                        .map(rule -> rule.text() + " " + rule.type() + "\n")
                        .collect(Collectors.joining());
        Allowlist again =
                AllowlistConfParser.parse("f.conf", text.getBytes(StandardCharsets.UTF_8));
        assertThat(PolicySnapshot.of(again, "f.conf").version())
                .isEqualTo(PolicySnapshot.of(allowlist, "f.conf").version());
    }
}
