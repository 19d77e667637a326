package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.NormalPath;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestTarget;
import dev.unifiedproxy.http.WholeBody;
import dev.unifiedproxy.json.JsonPath;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

final class BodyInspectionTest {
    private static final JsonFieldCheck MODEL =
            new JsonFieldCheck(JsonPath.parse("/model"), true, globs("small", "mini-*"), List.of());
    private static final JsonFieldCheck TOOLS =
            new JsonFieldCheck(
                    JsonPath.parse("/tools/*/type"), false, List.of(), globs("computer*", "1"));

    private static List<TextGlob> globs(String... texts) {
        return Stream.of(texts).map(TextGlob::new).toList();
    }

    private static PolicyRule rule(BodyCheck check) {
        return new PolicyRule(
                "cheap-models",
                new RuleAction.Inspect(check),
                50,
                List.of(),
                RuleMatch.ANY,
                "policy.yaml:7");
    }

    private static InboundRequest request(BodyFraming framing, String... fields) {
        Headers.Builder headers = new Headers.Builder(4).add("Host", "api.example");
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        return InboundRequest.tunnelled(
                "r-1",
                IpAddress.parse("10.0.0.5"),
                Authority.parse("api.example", 443),
                true,
                new RequestHead(
                        Method.POST,
                        new RequestTarget.Origin(NormalPath.parse("/v1/x"), "", false),
                        false,
                        headers.build(),
                        framing),
                Optional.empty());
    }

    private static Verdict question(InboundRequest request, JsonFieldCheck... fields) {
        BodyCheck check = new BodyCheck(200, List.of(), List.of(fields));
        return BodyInspection.question(rule(check), check, request);
    }

    private static Optional<Decision.Deny> judge(String json, JsonFieldCheck... fields) {
        Verdict verdict =
                question(request(BodyFraming.CHUNKED, "Content-Type", "application/json"), fields);
        assertThat(verdict).isInstanceOf(Verdict.ReadBody.class);
        return ((Verdict.ReadBody) verdict).rule().judge(body(json));
    }

    private static WholeBody body(String text) {
        return WholeBody.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\": \"small\"}",
                "{\"model\": \"mini-4\", \"tools\": [{\"type\": \"function\"}, {\"type\": 2}]}",
                "{\"\\u006dodel\": \"sm\\u0061ll\"}",
                "{\"model\": \"small\", \"text\": \"model: large\"}",
                "{\"model\": \"small\", \"tools\": []}"
            })
    void whatIsAllowedPasses(String json) {
        assertThat(judge(json, MODEL, TOOLS)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model\": \"large\"} | /model is not allowed",
                "{\"model\": \"Small\"} | /model is not allowed",
                "{\"model\": \"small \"} | /model is not allowed",
                "{\"model\": [\"small\"]} | /model is not allowed",
                "{\"model\": null} | /model is not allowed",
                "{} | has no /model",
                "[] | has no /model",
                "\"small\" | has no /model",
                "{\"model\": \"small\", \"model\": \"large\"} | twice",
                "{\"model\": \"small\", \"tools\": [{\"type\": \"computer_use\"}]} | /tools/*/type",
                "{\"model\": \"small\", \"tools\": [{\"type\": 1}]} | /tools/*/type",
                "{\"model\": \"small\", \"tools\": [{\"type\": 10e-1}]} | /tools/*/type",
                "{\"model\": \"small\", \"tools\": [{\"type\": 1e999999999}]} | /tools/*/type",
                "{\"model\": \"small\", \"tools\": [{\"type\": {\"a\": 1}}]} | /tools/*/type",
                "{\"model\": \"small\" | is not JSON",
                "'' | is empty"
            })
    void whatIsNotIsDeniedWithTheRuleAndTheReason(String json, String reason) {
        Decision.Deny denial = judge(json, MODEL, TOOLS).orElseThrow();
        assertThat(denial.type()).isEqualTo("body_policy");
        assertThat(denial.refusal().code()).isEqualTo(ErrorCode.BODY_NOT_ALLOWED);
        assertThat(denial.refusal().detail()).contains(reason);
        assertThat(denial.refusal().rule()).isEqualTo("policy.yaml:7 cheap-models");
        assertThat(denial.refusal().remedy()).isNotEmpty();
    }

    @Test
    void theRemedySaysWhatToSend() {
        assertThat(judge("{\"model\": \"x\"}", MODEL).orElseThrow().refusal().remedy())
                .isEqualTo("send /model as one of: small, mini-*");
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, true",
        "Application/JSON; charset=utf-8, true",
        "application/vnd.api+json, true",
        "text/plain, false",
        "application/jsonx, false",
        "text/json, false"
    })
    void fieldsAreLookedForInJsonOnly(String type, boolean read) {
        Verdict verdict = question(request(BodyFraming.CHUNKED, "Content-Type", type), MODEL);
        assertThat(verdict).isInstanceOf(read ? Verdict.ReadBody.class : Verdict.Deny.class);
    }

    @Test
    void aBodyWithoutTypeOrWithTwoIsDenied() {
        assertThat(question(request(BodyFraming.CHUNKED), MODEL)).isInstanceOf(Verdict.Deny.class);
        assertThat(
                        question(
                                request(
                                        BodyFraming.CHUNKED,
                                        "Content-Type",
                                        "application/json",
                                        "Content-Type",
                                        "text/plain"),
                                MODEL))
                .isInstanceOf(Verdict.Deny.class);
    }

    @Test
    void aWebSocketOrAnUnknownEncodingCannotBeInspected() {
        assertThat(question(request(BodyFraming.WEB_SOCKET), TOOLS))
                .isInstanceOf(Verdict.Deny.class);
        assertThat(
                        question(
                                request(
                                        BodyFraming.CHUNKED,
                                        "Content-Type",
                                        "application/json",
                                        "Content-Encoding",
                                        "br"),
                                TOOLS))
                .isInstanceOf(Verdict.Deny.class);
    }

    @Test
    void aRequestWithoutBodyPassesUnlessAFieldIsRequired() {
        Verdict.ReadBody optional = (Verdict.ReadBody) question(request(BodyFraming.NONE), TOOLS);
        assertThat(optional.rule().judge(body(""))).isEmpty();
        Verdict.ReadBody required = (Verdict.ReadBody) question(request(BodyFraming.NONE), MODEL);
        assertThat(required.rule().judge(body(""))).isPresent();
    }

    @Test
    void aCheckWithoutFieldsIsAboutSizeAndType() {
        BodyCheck check = new BodyCheck(10, List.of("text/*"), List.of());
        assertThat(
                        BodyInspection.question(
                                rule(check),
                                check,
                                request(BodyFraming.CHUNKED, "Content-Type", "text/csv")))
                .isInstanceOfSatisfying(
                        Verdict.ReadBody.class,
                        question -> {
                            assertThat(question.maxBytes()).isEqualTo(10);
                            assertThat(question.rule().judge(body("not json"))).isEmpty();
                        });
        assertThat(
                        BodyInspection.question(
                                rule(check),
                                check,
                                request(BodyFraming.CHUNKED, "Content-Type", "image/png")))
                .isInstanceOf(Verdict.Deny.class);
    }

    @Test
    void aGzipThatCannotBeReadIsDenied() {
        InboundRequest zipped =
                request(
                        BodyFraming.CHUNKED,
                        "Content-Type",
                        "application/json",
                        "Content-Encoding",
                        "gzip");
        Verdict.ReadBody question = (Verdict.ReadBody) question(zipped, TOOLS);
        assertThat(question.rule().judge(body("{}")).orElseThrow().refusal().detail())
                .contains("cannot be decoded");
    }
}
