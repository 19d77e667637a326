package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.unifiedproxy.policy.Allowlist;

class AllowlistYamlParserFuzzTest {
    /** A value, or problems; nothing else. What is a base is an extra file too. */
    @FuzzTest
    void readsOrRefuses(byte[] content) {
        Allowlist allowlist;
        try {
            allowlist = AllowlistYamlParser.parse("f.yaml", content, AllowlistYamlParser.Form.BASE);
        } catch (ConfigurationException e) {
            assertThat(e.problems()).isNotEmpty();
            return;
        }
        assertThat(allowlist.rules()).isNotEmpty();
        assertThat(AllowlistYamlParser.parse("f.yaml", content, AllowlistYamlParser.Form.EXTRA))
                .isEqualTo(allowlist);
    }
}
