package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.unifiedproxy.policy.PolicyDocument;

class PolicyYamlParserFuzzTest {
    /** A document, the same one each time, or problems; nothing else. */
    @FuzzTest
    void readsOrRefuses(byte[] content) {
        PolicyDocument document;
        try {
            document = PolicyYamlParser.parse("f.yaml", content);
        } catch (ConfigurationException e) {
            assertThat(e.problems()).isNotEmpty();
            return;
        }
        assertThat(PolicyYamlParser.parse("f.yaml", content)).isEqualTo(document);
    }
}
