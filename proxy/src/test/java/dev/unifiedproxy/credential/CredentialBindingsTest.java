package dev.unifiedproxy.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.host.Host;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashMap;
import java.util.Map;

final class CredentialBindingsTest {
    private static final String CANARY = "canary-0123456789";

    /** Every row of the provider map; {@code A+B} sets both, each to its own name. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "api.anthropic.com|CLAUDE_CODE_OAUTH_TOKEN|Authorization|Bearer"
                        + " CLAUDE_CODE_OAUTH_TOKEN",
                "api.anthropic.com|ANTHROPIC_API_KEY|x-api-key|ANTHROPIC_API_KEY",
                "api.anthropic.com|ANTHROPIC_API_KEY+CLAUDE_CODE_OAUTH_TOKEN|Authorization|Bearer"
                        + " CLAUDE_CODE_OAUTH_TOKEN",
                "api.openai.com|OPENAI_API_KEY|Authorization|Bearer OPENAI_API_KEY",
                "generativelanguage.googleapis.com|GOOGLE_API_KEY|x-goog-api-key|GOOGLE_API_KEY",
                "generativelanguage.googleapis.com|GEMINI_API_KEY|x-goog-api-key|GEMINI_API_KEY",
                "generativelanguage.googleapis.com|GEMINI_API_KEY+GOOGLE_API_KEY|x-goog-api-key|GOOGLE_API_KEY",
                "api.tavily.com|TAVILY_API_KEY|Authorization|Bearer TAVILY_API_KEY",
                "api.semanticscholar.org|SEMANTIC_SCHOLAR_API_KEY|x-api-key|SEMANTIC_SCHOLAR_API_KEY",
                "api.perplexity.ai|PERPLEXITY_API_KEY|Authorization|Bearer PERPLEXITY_API_KEY",
                "api.z.ai|ZHIPU_API_KEY|x-api-key|ZHIPU_API_KEY",
                "api.github.com|GITHUB_TOKEN|Authorization|Bearer GITHUB_TOKEN",
                "api.github.com|GH_TOKEN|Authorization|Bearer GH_TOKEN",
                "api.github.com|GH_TOKEN+GITHUB_TOKEN|Authorization|Bearer GITHUB_TOKEN",
                "uploads.github.com|GITHUB_TOKEN|Authorization|Bearer GITHUB_TOKEN",
                "uploads.github.com|GH_TOKEN|Authorization|Bearer GH_TOKEN",
                // base64 of x-access-token:GITHUB_TOKEN and x-access-token:GH_TOKEN
                "github.com|GITHUB_TOKEN|Authorization|Basic eC1hY2Nlc3MtdG9rZW46R0lUSFVCX1RPS0VO",
                "github.com|GH_TOKEN|Authorization|Basic eC1hY2Nlc3MtdG9rZW46R0hfVE9LRU4=",
            })
    void everyProviderSetsItsField(String host, String variables, String field, String value) {
        Map<String, String> environment = new HashMap<>();
        for (String variable : variables.split("\\+", -1)) {
            environment.put(variable, variable);
        }

        Binding binding =
                CredentialBindings.fromEnvironment(environment).of(Host.parse(host)).orElseThrow();

        assertThat(binding.rendered().orElseThrow().field()).isEqualTo(field);
        assertThat(binding.rendered().orElseThrow().value().reveal()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil-api.github.com",
                "github.com.evil.org",
                "www.github.com",
                "openai.com",
                "gist.github.com",
                "127.0.0.1",
                "googleapis.com"
            })
    void otherHostsAreNotBound(String host) {
        assertThat(bindings("GITHUB_TOKEN", CANARY).of(Host.parse(host))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"API.GitHub.com", "api.github.com."})
    void anySpellingOfTheNameIsTheName(String host) {
        assertThat(bindings("GITHUB_TOKEN", CANARY).of(Host.parse(host))).isPresent();
    }

    @Test
    void emptyVariableCountsAsNotSet() {
        CredentialBindings bindings =
                CredentialBindings.fromEnvironment(
                        Map.of("GITHUB_TOKEN", "", "GH_TOKEN", "second"));

        assertThat(bindings.startupReport())
                .contains(
                        new CredentialBindings.ReportLine(
                                false, "Loaded credential for github.com from GH_TOKEN"));
    }

    @Test
    void reportNamesEveryHostAndNoValue() {
        CredentialBindings bindings = bindings("GITHUB_TOKEN", CANARY);

        assertThat(bindings.startupReport())
                .hasSize(10)
                .contains(
                        new CredentialBindings.ReportLine(
                                false, "Loaded credential for api.github.com from GITHUB_TOKEN"),
                        new CredentialBindings.ReportLine(
                                true,
                                "No credential for generativelanguage.googleapis.com:"
                                        + " GOOGLE_API_KEY or GEMINI_API_KEY not set"),
                        new CredentialBindings.ReportLine(
                                true,
                                "No credential for api.perplexity.ai: PERPLEXITY_API_KEY not set"));
        assertThat(bindings.startupReport().toString() + bindings).doesNotContain(CANARY);
        assertThat(bindings.of(Host.parse("github.com")).toString()).doesNotContain(CANARY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " canary-0123456789",
                "canary-0123456789 ",
                "canary-0123456789\n",
                "canary-0123456789\r\nX-Evil: 1",
                "canary-0123456789\0",
                "canary-0123456789\u007f",
                "canary-0123456789\u00e9",
                "\tcanary-0123456789",
                " "
            })
    void valueThatCannotBeSentIsRefusedAndNotShown(String value) {
        Map<String, String> environment = Map.of("GITHUB_TOKEN", value, "OPENAI_API_KEY", value);

        assertThatThrownBy(() -> CredentialBindings.fromEnvironment(environment))
                .isInstanceOfSatisfying(
                        InvalidCredentialsException.class,
                        e ->
                                assertThat(e.problems())
                                        .hasSize(2)
                                        .anySatisfy(p -> assertThat(p).startsWith("GITHUB_TOKEN: "))
                                        .anySatisfy(
                                                p -> assertThat(p).startsWith("OPENAI_API_KEY: ")))
                .hasMessageNotContaining(CANARY)
                .hasMessageContaining("(expected: printable ASCII");
    }

    @Test
    void providerMapHasEachHostOnce() {
        assertThat(Provider.BUILT_IN)
                .extracting(Provider::host)
                .hasSize(10)
                .doesNotHaveDuplicates();
    }

    private static CredentialBindings bindings(String variable, String value) {
        return CredentialBindings.fromEnvironment(Map.of(variable, value));
    }
}
