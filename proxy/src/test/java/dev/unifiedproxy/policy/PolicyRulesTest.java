package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.http.Method;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rules of policy.yaml beside allowlists: what they allow, and in what words they deny. */
final class PolicyRulesTest {
    private static final PolicyDocument DOCUMENT =
            Policies.global(
                    Policies.deny("no-admin", "listed.example").paths("/admin/**").priority(90),
                    Policies.deny("no-upload", "*.files.example").methods(Method.PUT).priority(100),
                    Policies.deny("no-evil", "*.evil.example"),
                    Policies.allow("api", "api.example", "*.api.example@8443")
                            .methods(Method.GET)
                            .paths("/v1/**"),
                    Policies.allow("typed", "typed.example").types("application/json"),
                    Policies.allow("asked", "asked.example").query("page", "*").header("X-Y", "z"),
                    Policies.allow("files", "*.files.example"),
                    Policies.allow("address", "192.0.2.1@9000"));

    private static final PolicyEngine ENGINE =
            Policies.engine(Rules.hosts("listed.example", "!blocked.example"), DOCUMENT);

    private static Decision request(String method, String authority, String target) {
        return decision(
                ENGINE.authorize(
                        Policies.request(
                                Sandboxes.PLAIN, Method.valueOf(method), authority, target)));
    }

    private static Decision decision(Authorization authorization) {
        return switch (authorization) {
            case Authorization.Authorized(AuthorizedRequest request) -> request.decision();
            case Authorization.Denied(Decision.Deny denial) -> denial;
            case Authorization.NeedsBody needsBody -> throw new AssertionError(needsBody);
        };
    }

    private static Refusal refusal(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Deny.class);
        return ((Decision.Deny) decision).refusal();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, api.example, /v1/x, policy.yaml:7 api (rules), api.example, false",
        "GET, api.example:80, /v1/x?a=b, policy.yaml:7 api (rules), api.example, false",
        "GET, x.api.example:8443, /v1/x, policy.yaml:7 api (rules), *.api.example, false",
        "POST, a.b.files.example, /x, policy.yaml:7 files (rules), *.files.example, false",
        "GET, 192.0.2.1:9000, /, policy.yaml:7 address (rules), 192.0.2.1, true",
    })
    void allows(
            String method, String host, String target, String rule, String label, boolean named) {
        Decision decision = request(method, host, target);

        assertThat(decision)
                .isEqualTo(new Decision.Allow("policy", rule, label, named, Optional.empty()));
        assertThat(decision.reason(Host.parse("api.example")))
                .isEqualTo("Allowed by " + rule + ", no blocking policies matched");
    }

    @Test
    void linesStillAllowWhatNoRuleDecides() {
        assertThat(request("DELETE", "listed.example", "/x"))
                .isEqualTo(
                        new Decision.Allow(
                                "allowlist.conf:1 listed.example", "listed.example", false));
        assertThat(refusal(request("GET", "listed.example", "/admin/x")).rule())
                .isEqualTo("policy.yaml:7 no-admin (rules)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|no.example|/x/y|policy.host_not_allowed|add to policy.yaml rules: - {name:"
                        + " allow-no-example, action: allow, hosts: [no.example], methods: [GET],"
                        + " paths: [/x/y]}",
                "GET|no.example:8443|/|policy.host_not_allowed|add to policy.yaml rules: - {name:"
                        + " allow-no-example, action: allow, hosts: [\"no.example:8443\"], methods:"
                        + " [GET], paths: [/]}",
                "GET|no.example|/a,b|policy.host_not_allowed|add to policy.yaml rules: - {name:"
                        + " allow-no-example, action: allow, hosts: [no.example], methods: [GET],"
                        + " paths: [\"/a,b\"]}",
                "POST|api.example|/v1/x|policy.method_not_allowed|add to policy.yaml rules: -"
                        + " {name: allow-api-example, action: allow, hosts: [api.example], methods:"
                        + " [POST], paths: [/v1/x]}",
                "GET|api.example|/v2|policy.path_not_allowed|add to policy.yaml rules: - {name:"
                        + " allow-api-example, action: allow, hosts: [api.example], methods: [GET],"
                        + " paths: [/v2]}",
                "GET|api.example:22|/v1/x|policy.port_not_allowed|add to policy.yaml rules: -"
                        + " {name: allow-api-example, action: allow, hosts: [\"api.example:22\"],"
                        + " methods: [GET], paths: [/v1/x]}",
                "POST|typed.example|/|policy.rule_denied|add to policy.yaml rules: - {name:"
                        + " allow-typed-example, action: allow, hosts: [typed.example], methods:"
                        + " [POST], paths: [/]}",
                "GET|x.evil.example|/|policy.rule_denied|add to policy.yaml rules: - {name:"
                        + " allow-x-evil-example, action: allow, priority: 51, hosts:"
                        + " [x.evil.example], methods: [GET], paths: [/]}",
                "PUT|a.files.example|/x|policy.rule_denied|add to policy.yaml rules, before"
                        + " 'no-upload': - {name: allow-a-files-example, action: allow, priority:"
                        + " 100, hosts: [a.files.example], methods: [PUT], paths: [/x]}",
                "GET|192.0.2.1|/|policy.port_not_allowed|add to policy.yaml rules: - {name:"
                        + " allow-192-0-2-1, action: allow, hosts: [\"192.0.2.1\"], methods: [GET],"
                        + " paths: [/]}",
                "GET|[2001:db8::1]|/|policy.ip_literal|use the host's name, or add to policy.yaml"
                        + " rules: - {name: allow-2001-db8-1, action: allow, hosts:"
                        + " [\"[2001:db8::1]\"], methods: [GET], paths: [/]}",
                "GET|api.example|/v1/a%2Fb|policy.path_not_allowed|send the path without ';',"
                        + " without an encoded '/', '\\', '?', '#' or '%', and encoded as UTF-8",
                "GET|api.example|/v1/x?_method=PUT|policy.method_not_allowed|send the request so"
                        + " that it can be read in one way only: the method itself and no override,"
                        + " each parameter and field once, no ';' or '+' and no double encoding",
                "GET|listed.example:22|/|policy.port_not_allowed|add the line"
                        + " \"listed.example:22\" to allowlist.conf",
                "GET|blocked.example|/|policy.host_blocked|remove the line"
                        + " \"!blocked.example\" (allowlist.conf:2)",
            })
    void deniesAndSaysWhatWouldAllow(
            String method, String host, String target, String code, String remedy) {
        Refusal refusal = refusal(request(method, host, target));

        assertThat(refusal.code().id()).isEqualTo(code);
        assertThat(refusal.remedy()).isEqualTo(remedy);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|x.evil.example|/|Rule 'no-evil' denies this request to x.evil.example",
                "GET|listed.example|/x%2Fadmin/y|Rule 'no-admin' denies this request to"
                        + " listed.example (it can be read in more than one way)",
                "GET|api.example|/v2|Path '/v2' not in allowed paths for api.example",
                "PUT|api.example|/v1/x|Method 'PUT' not allowed for api.example",
                "GET|api.example:22|/v1/x|Port 22 not allowed for api.example (expected: 80, 443,"
                        + " 8443)",
                "GET|asked.example|/?q=1|The query of this request to asked.example is not what a"
                        + " rule allows",
                "GET|asked.example|/?page=1|The head of this request to asked.example is not what"
                        + " a rule allows",
                "GET|typed.example|/|The content type of this request to typed.example is not"
                        + " what a rule allows",
            })
    void saysWhy(String method, String host, String target, String detail) {
        assertThat(refusal(request(method, host, target)).detail()).isEqualTo(detail);
    }

    @Test
    void reasonOfTheRuleIsWhatTheClientIsTold() {
        PolicyEngine engine =
                Policies.engine(
                        Allowlist.EMPTY,
                        Policies.global(
                                new Policies.Rule("r", new RuleAction.Deny("Ask platform@"))));

        assertThat(refusal(engine.decide(Host.parse("a.example"), Sandboxes.PLAIN)).detail())
                .isEqualTo("Ask platform@");
    }

    /** A CONNECT and a DNS question show no request: what could pass may begin. */
    @ParameterizedTest
    @CsvSource({
        "api.example:443, true",
        "api.example:22, false",
        "x.api.example:8443, true",
        "x.api.example:443, false",
        "a.files.example:443, true",
        "x.evil.example:443, false",
        "listed.example:443, true",
        "blocked.example:443, false",
        "192.0.2.1:9000, true",
        "192.0.2.2:9000, false",
        "no.example:443, false",
    })
    void connectIsJudgedByHostAndPort(String authority, boolean allowed) {
        assertThat(
                        ENGINE.decide(Authority.parse(authority, 443), Sandboxes.PLAIN)
                                instanceof Decision.Allow)
                .isEqualTo(allowed);
    }

    @Test
    void hostAloneIsJudgedForWhateverPort() {
        PolicyEngine engine =
                Policies.engine(
                        Allowlist.EMPTY,
                        Policies.global(
                                Policies.deny("ssh", "a.example@22"),
                                Policies.deny("all", "b.example"),
                                Policies.allow("some", "a.example@8443")));

        assertThat(engine.decide(Host.parse("a.example"), Sandboxes.PLAIN))
                .isInstanceOf(Decision.Allow.class);
        assertThat(engine.decide(Host.parse("b.example"), Sandboxes.PLAIN))
                .isInstanceOf(Decision.Deny.class);
        assertThat(refusal(engine.decide(Host.parse("c.test"), Sandboxes.PLAIN)).remedy())
                .isEqualTo(
                        "add to policy.yaml rules: - {name: allow-c-test, action: allow, hosts:"
                                + " [c.test]}");
    }

    @Test
    void nothingOverridesBlockedPathsAndBlockedHosts() {
        Allowlist allowlist =
                new Allowlist(
                        Rules.of("!blocked.example"),
                        List.of(),
                        List.of(Rules.blocked("a.example", "/secret")));
        PolicyEngine engine =
                Policies.engine(
                        allowlist,
                        Policies.global(
                                Policies.allow("all", "a.example", "blocked.example")
                                        .priority(100)));

        for (String target : List.of("/secret", "/secret/", "/x%2Fsecret")) {
            assertThat(
                            refusal(
                                            decision(
                                                    engine.authorize(
                                                            Policies.request(
                                                                    Sandboxes.PLAIN,
                                                                    Method.GET,
                                                                    "a.example",
                                                                    target))))
                                    .code())
                    .isEqualTo(ErrorCode.PATH_NOT_ALLOWED);
        }
        assertThat(engine.decide(Authority.parse("blocked.example", 443), Sandboxes.PLAIN))
                .isInstanceOf(Decision.Deny.class);
    }

    @Test
    void denyAllListensToNoRegistration() {
        PolicySnapshot none = PolicySnapshot.denyAll("there is no allowlist file");
        PolicyEngine engine =
                new PolicyEngine(
                        () -> none, Policies.asTheyAre(), PassThroughList.EMPTY, List.of());
        Container container =
                Sandboxes.with(
                        Map.of(
                                "policy",
                                Policies.scope(
                                        Optional.of(Mode.OBSERVE),
                                        Policies.allow("own", "a.example"))));

        assertThat(engine.decide(Authority.parse("a.example", 443), container))
                .isInstanceOf(Decision.Deny.class);
    }

    @Test
    void allowedRequestKeepsTheRulesIdleTimeout() {
        RuleAction patient = new RuleAction.Allow(Optional.of(Duration.ofMinutes(9)));
        PolicyEngine engine =
                Policies.engine(
                        Allowlist.EMPTY,
                        Policies.global(new Policies.Rule("slow", patient, "a.example")));

        assertThat(
                        engine.authorize(
                                Policies.request(Sandboxes.PLAIN, Method.GET, "a.example", "/")))
                .isInstanceOfSatisfying(
                        Authorization.Authorized.class,
                        authorized ->
                                assertThat(authorized.request().idleTimeout())
                                        .contains(Duration.ofMinutes(9)));
    }
}
