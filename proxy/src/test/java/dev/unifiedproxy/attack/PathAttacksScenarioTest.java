package dev.unifiedproxy.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.scenario.ProxyUnderTest;
import dev.unifiedproxy.scenario.Reply;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/** threats.md section 5: which path, which method? */
@Timeout(60)
class PathAttacksScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing()
                    .resolving("rules.example", "free.example")
                    .policy(
                            """
                            version: "1"
                            domains:
                              - rules.example
                              - free.example
                            http_endpoints:
                              - host: rules.example
                                methods: [GET, POST]
                                paths: ["/public/**", "/exact"]
                            blocked_paths:
                              - host: rules.example
                                patterns: ["/public/secret/**", "/public/secret"]
                            """);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/public/../secret",
                "/public/%2e%2e/secret",
                "/public/.%2e/secret",
                "/public/%2E./secret",
                "/public/..",
                "/public/./x",
                "/public//x",
                "//public/x",
                "/public/..;/secret",
                "/public/..;x=1/secret",
                "/public/%00",
                "/public/%0d%0aX",
                "/public/x#frag",
                "/public\\..\\secret",
                "/public/%zz",
                "/public/%",
                "/public/%2",
                "/public/<x>",
                "/public/\u00e9"
            })
    void threat041_doubtfulPath(String path) throws IOException {
        for (String host : new String[] {"rules.example", "free.example"}) {
            Reply reply = PROXY.client().get("http://" + host + path);
            assertThat(reply.outcome()).isIn("400 http.path_ambiguous", "400 http.malformed");
            PROXY.assertUpstreamUntouched();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/public%2f..%2fsecret",
                "/public/a%2Fb",
                "/public/%5c..%5csecret",
                "/public/%252e%252e/secret",
                "/public/x;y=1",
                "/public/%c0%ae%c0%ae/secret",
                "/public/%ff"
            })
    void threat041_pathThatServersReadDifferently(String path) throws IOException {
        PROXY.assertRefused(
                PROXY.client().get("http://rules.example" + path), "403 policy.path_not_allowed");
    }

    @Test
    void threat041_nearMissWhereNoPathRuleIs() throws IOException {
        Reply reply = PROXY.client().get("http://free.example/simple/a%252Fb;v=1");
        assertThat(PROXY.assertForwarded(reply).line())
                .isEqualTo("GET /simple/a%252Fb;v=1 HTTP/1.1");
    }

    @ParameterizedTest
    @CsvSource({
        "/%70ublic/%7euser, /public/~user",
        "/public/%c3%a9, /public/%C3%A9",
        "/public/a.b..c, /public/a.b..c",
        "/public/x/, /public/x/"
    })
    void threat042_whatIsSentIsWhatWasJudged(String asked, String sent) throws IOException {
        Reply reply = PROXY.client().get("http://rules.example" + asked);
        assertThat(PROXY.assertForwarded(reply).line()).isEqualTo("GET " + sent + " HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/public/%73ecret/x",
                "/%70ublic/secret",
                "/public/secret/",
                "/public/secre%74"
            })
    void threat042_blockedPathInOtherSpelling(String path) throws IOException {
        PROXY.assertRefused(
                PROXY.client().get("http://rules.example" + path), "403 policy.path_not_allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/PUBLIC/x", "/Public/x", "/EXACT", "/exact/x"})
    void threat043_caseAndTrailingSegment(String path) throws IOException {
        PROXY.assertRefused(
                PROXY.client().get("http://rules.example" + path), "403 policy.path_not_allowed");
    }

    @Test
    void threat043_nearMissTrailingSlash() throws IOException {
        PROXY.assertForwarded(PROXY.client().get("http://rules.example/exact/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "post", "Get", "PROPFIND", "TRACE", "BREW", "GETX"})
    void threat044_unknownMethod(String method) throws IOException {
        PROXY.assertRefused(request(method, "/public/x"), "501 http.method_unsupported");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "PUT", "PATCH", "OPTIONS"})
    void threat044_methodWithoutRule(String method) throws IOException {
        Reply reply = request(method, "/public/x");
        PROXY.assertRefused(reply, "403 policy.method_not_allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-HTTP-Method-Override: DELETE",
                "x-http-method: delete",
                "X-Method-Override: PUT",
                "X-HTTP-Method-Override: POST, DELETE"
            })
    void threat044_methodOverride(String field) throws IOException {
        PROXY.assertRefused(
                PROXY.client().get("http://rules.example/public/x", field),
                "403 policy.method_not_allowed");
    }

    @Test
    void threat044_nearMissOverrideToAnAllowedMethod() throws IOException {
        PROXY.assertForwarded(
                PROXY.client()
                        .get("http://rules.example/public/x", "X-HTTP-Method-Override: POST"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/publicx", "/x/public/y", "/exactly", "/an/exact", "/public"})
    void threat045_wholePathMustMatch(String path) throws IOException {
        Reply reply = PROXY.client().get("http://rules.example" + path);
        assertThat(reply.outcome()).isEqualTo("403 policy.path_not_allowed");
        PROXY.assertUpstreamUntouched();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=1&a=2", "a=1;a=2", "a=+%20%41", "%61=1&=&?", ""})
    void threat046_queryPassesAsItCame(String query) throws IOException {
        Reply reply = PROXY.client().get("http://rules.example/public/x?" + query);
        assertThat(PROXY.assertForwarded(reply).line())
                .isEqualTo("GET /public/x?" + query + " HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=#b", "a=<b>", "a=\"b\""})
    void threat046_queryThatMustBeEncoded(String query) throws IOException {
        PROXY.assertRefused(
                PROXY.client().get("http://rules.example/public/x?" + query), "400 http.malformed");
    }

    private static Reply request(String method, String path) throws IOException {
        return PROXY.client()
                .send(
                        method
                                + " http://rules.example"
                                + path
                                + " HTTP/1.1\r\nHost: rules.example\r\n\r\n");
    }
}
