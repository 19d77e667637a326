package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;

final class RefusalRendererTest {
    private static final Refusal DENIED =
            new Refusal(ErrorCode.HOST_NOT_ALLOWED, "no \"rule\"\n\\", "file:3", "add it");

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCodeHasItsStatusItsProxyStatusAndTheRequestId(ErrorCode code) {
        Answer answer =
                RefusalRenderer.render(Refusal.of(code, "why"), "request-1", Headers.empty());
        assertThat(answer.status()).isEqualTo(code.status());
        assertThat(answer.headers().all("proxy-status"))
                .containsExactly(
                        "unified-proxy; error="
                                + code.proxyStatus()
                                + "; details=\""
                                + code.id()
                                + "\"");
        assertThat(answer.headers().first("cache-control")).contains("no-store");
        assertThat(answer.headers().first("x-request-id")).contains("request-1");
        assertThat(answer.headers().contains("retry-after"))
                .isEqualTo(code == ErrorCode.OVERLOADED);
        assertThat(answer.headers().contains("x-sandbox-blocked"))
                .isEqualTo(code.source() == ErrorCode.Source.POLICY);
        String title = code.id().startsWith("github.") ? "BLOCKED" : code.title();
        assertThat(answer.body()).contains(title, code.id(), "request-1");
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void anUnknownCallerLearnsNothingOfTheDetail(ErrorCode code) {
        Refusal refusal = new Refusal(code, "belongs to sandbox-7", "rule-7", "ask sandbox-7");
        String body = RefusalRenderer.render(refusal, "r", Headers.empty()).body();
        assertThat(body.contains("-7")).isEqualTo(code.source() != ErrorCode.Source.IDENTITY);
    }

    @Test
    void textNamesRuleAndRemedyOnlyWhereThereAreSome() {
        assertThat(RefusalRenderer.render(DENIED, "r", Headers.empty()).body())
                .contains("rule:    file:3", "to fix:  add it");
        assertThat(
                        RefusalRenderer.render(
                                        Refusal.of(ErrorCode.INTERNAL, "d"), "r", Headers.empty())
                                .body())
                .doesNotContain("rule:", "to fix:");
    }

    @Test
    void jsonIsJsonWhateverTheDetailHolds() throws IOException {
        Answer answer =
                RefusalRenderer.render(
                        DENIED, "r", Headers.of("Accept", "text/html, application/JSON"));
        assertThat(answer.headers().first("content-type")).contains("application/json");
        var json = JsonMapper.shared().readTree(answer.body());
        assertThat(json.get("message").asString()).isEqualTo(DENIED.detail());
        assertThat(json.get("code").asString()).isEqualTo("policy.host_not_allowed");
        assertThat(json.get("rule").asString()).isEqualTo("file:3");
        assertThat(json.get("remedy").asString()).isEqualTo("add it");
        assertThat(json.get("request_id").asString()).isEqualTo("r");
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"GITHUB_OPERATION", "GITHUB_REPOSITORY", "GITHUB_GRAPHQL"})
    void gitHubsClientsAreToldInTheirOwnForm(ErrorCode code) {
        Refusal refusal = new Refusal(code, "gh repo delete: no", "github", "ask");
        Answer answer = RefusalRenderer.render(refusal, "r", Headers.of("Accept", "text/html"));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.headers().first("content-type")).contains("application/json");
        assertThat(answer.headers().first("x-sandbox-blocked")).contains("true");
        assertThat(answer.body())
                .isEqualTo(
                        "{\"error\": \"BLOCKED\", \"message\": \"gh repo delete: no\","
                                + " \"documentation_url\": \"https://docs.github.com/rest\","
                                + " \"hint\": \"This operation requires human operator approval.\","
                                + " \"code\": \""
                                + code.id()
                                + "\", \"rule\": \"github\", \"remedy\": \"ask\","
                                + " \"request_id\": \"r\"}\n");
    }
}
