package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;

/**
 * Rules of {@code policy.yaml} on the wire: what bodies say, how often one may ask ({@code
 * RateLimits}).
 */
final class PolicyRulesScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing("models.example")
                    .rules(
                            """
                            version: 1
                            rules:
                              - name: cheap-models
                                action: inspect
                                hosts: [models.example]
                                methods: [POST]
                                body:
                                  max_bytes: 1000
                                  json:
                                    - {field: /model, required: true, one_of: [small]}
                              - name: slowly
                                action: rate_limit
                                hosts: [models.example]
                                paths: [/slow]
                                rate: {requests: 2, per_seconds: 3600}
                              - name: nothing-secret
                                action: deny
                                hosts: [models.example]
                                headers: {x-secret: "*"}
                                reason: no secrets
                            """);

    private static Reply post(String framing, String body) throws IOException {
        return PROXY.client()
                .send(
                        "POST http://models.example/v1/chat HTTP/1.1\r\nHost: models.example\r\n"
                                + "Content-Type: application/json\r\n"
                                + framing
                                + "\r\n\r\n"
                                + body);
    }

    private static Reply post(String json) throws IOException {
        return post("Content-Length: " + json.length(), json);
    }

    @Test
    void whatTheBodySaysDecides() throws IOException {
        Reply passed = post("{\"model\": \"small\"}");
        assertThat(passed.status()).isEqualTo(200);
        assertThat(passed.body()).as("the echo of the server").contains("\"body_bytes\": 18");
        Reply denied = post("{\"model\": \"large\"}");
        assertThat(denied.status()).isEqualTo(403);
        assertThat(denied.code()).isEqualTo("policy.body_not_allowed");
        assertThat(denied.body())
                .contains("policy.yaml:3 cheap-models", "send /model as one of: small");
    }

    @Test
    void chunksAreReadToTheirEndFirst() throws IOException {
        String chunks = "b\r\n{\"model\": \"\r\n7\r\nsmall\"}\r\n0\r\n\r\n";
        assertThat(post("Transfer-Encoding: chunked", chunks).status()).isEqualTo(200);
        String evil = "b\r\n{\"model\": \"\r\n7\r\nlarge\"}\r\n0\r\n\r\n";
        assertThat(post("Transfer-Encoding: chunked", evil).code())
                .isEqualTo("policy.body_not_allowed");
    }

    @Test
    void aNameTwiceIsNotRead() throws IOException {
        assertThat(post("{\"model\": \"large\", \"model\": \"small\"}").code())
                .isEqualTo("policy.body_not_allowed");
    }

    @Test
    void whatIsTooLongIsNotRead() throws IOException {
        assertThat(post("{\"model\": \"small\", \"x\": \"" + "x".repeat(1000) + "\"}").code())
                .isEqualTo("policy.body_too_large");
    }

    @Test
    void whoAsksTooOftenIsToldWhenToComeBack() throws IOException {
        assertThat(PROXY.client().get("http://models.example/slow").status()).isEqualTo(200);
        assertThat(PROXY.client().get("http://models.example/slow").status()).isEqualTo(200);
        Reply third = PROXY.client().get("http://models.example/slow");
        assertThat(third.status()).isEqualTo(429);
        assertThat(third.code()).isEqualTo("policy.rate_limited");
        assertThat(Integer.parseInt(third.field("retry-after"))).isBetween(1, 1801);
        Reply another = PROXY.client(ProxyUnderTest.BOT_ADDRESS).get("http://models.example/slow");
        assertThat(another.status()).isEqualTo(200);
    }

    @Test
    void aDenialNamesItsRuleAndItsReason() throws IOException {
        Reply denied = PROXY.client().get("http://models.example/", "X-Secret: 1");
        assertThat(denied.code()).isEqualTo("policy.rule_denied");
        assertThat(denied.body()).contains("no secrets", "nothing-secret");
    }
}
