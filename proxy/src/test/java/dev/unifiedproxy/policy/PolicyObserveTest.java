package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.identity.IdentifiedRequest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The mode of a container, and rules that bind what others allow. */
final class PolicyObserveTest {
    private static final Decision.Deny BY_BODY =
            new Decision.Deny("body_policy", Refusal.of(ErrorCode.BODY_NOT_ALLOWED, "body"));

    private static PolicyDocument document(Optional<Mode> mode, Policies.Rule... rules) {
        return new PolicyDocument(Policies.scope(mode, rules), Map.of(), Map.of());
    }

    private static final PolicyEngine OBSERVED =
            Policies.engine(
                    new Allowlist(
                            Rules.of("listed.example", "!blocked.example", "192.0.2.1@9000"),
                            List.of(Rules.endpoint("listed.example", Set.of(Method.GET), "/v1")),
                            List.of(Rules.blocked("listed.example", "/secret"))),
                    document(
                            Optional.of(Mode.OBSERVE),
                            Policies.deny("no-evil", "*.evil.example"),
                            Policies.allow("api", "api.example").paths("/v1")));

    private static Authorization ask(String method, String host, String target) {
        return OBSERVED.authorize(
                Policies.request(Sandboxes.PLAIN, Method.valueOf(method), host, target));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, no.example, /, policy.host_not_allowed, observed",
        "GET, listed.example:22, /v1, policy.port_not_allowed, listed.example",
        "PUT, listed.example, /v1, policy.method_not_allowed, listed.example",
        "GET, listed.example, /v2, policy.path_not_allowed, listed.example",
        "GET, x.evil.example, /, policy.rule_denied, *.evil.example",
        "GET, api.example, /v2, policy.path_not_allowed, api.example",
    })
    void letsPassAndMarks(String method, String host, String target, String code, String label) {
        Authorization authorization = ask(method, host, target);

        assertThat(authorization).isInstanceOf(Authorization.Authorized.class);
        Decision.Allow decision = ((Authorization.Authorized) authorization).request().decision();
        assertThat(decision.observed().orElseThrow().refusal().code().id()).isEqualTo(code);
        assertThat(decision.hostLabel()).isEqualTo(label);
        assertThat(decision.type()).isEqualTo("observed");
        assertThat(decision.addressNamed()).isFalse();
        assertThat(decision.reason(Host.parse("x.example")))
                .startsWith("Observed, would be refused: ");
    }

    @ParameterizedTest
    @CsvSource({
        "blocked.example, /, policy.host_blocked",
        "192.0.2.2, /, policy.ip_literal",
        "192.0.2.1, /, policy.port_not_allowed",
        "0x7f.1, /, policy.ip_literal",
        "listed.example, /secret, policy.path_not_allowed",
        "listed.example, /x%2Fsecret, policy.path_not_allowed",
    })
    void neverLetsPass(String host, String target, String code) {
        assertThat(ask("GET", host, target))
                .isInstanceOfSatisfying(
                        Authorization.Denied.class,
                        denied ->
                                assertThat(denied.denial().refusal().code().id()).isEqualTo(code));
    }

    @Test
    void whatIsAllowedAnywayIsNotMarked() {
        assertThat(OBSERVED.decide(Authority.parse("api.example", 443), Sandboxes.PLAIN))
                .isInstanceOfSatisfying(
                        Decision.Allow.class, allow -> assertThat(allow.observed()).isEmpty());
        assertThat(OBSERVED.decide(Authority.parse("no.example", 443), Sandboxes.PLAIN))
                .isInstanceOfSatisfying(
                        Decision.Allow.class, allow -> assertThat(allow.observed()).isPresent());
        assertThat(OBSERVED.decide(Host.parse("no.example"), Sandboxes.PLAIN))
                .isInstanceOf(Decision.Allow.class);
    }

    /** The first scope that names a mode decides: container, registration, group, everybody. */
    @ParameterizedTest
    @CsvSource({
        "'', '', '', '', false",
        "'', '', '', OBSERVE, true",
        "'', '', ENFORCE, OBSERVE, false",
        "'', '', OBSERVE, ENFORCE, true",
        "'', ENFORCE, OBSERVE, OBSERVE, false",
        "'', OBSERVE, ENFORCE, '', true",
        "ENFORCE, OBSERVE, OBSERVE, OBSERVE, false",
        "OBSERVE, ENFORCE, '', '', true",
    })
    void modeOfTheNarrowestScope(
            String inFile, String own, String group, String global, boolean observes) {
        PolicyEngine engine =
                Policies.engine(
                        Allowlist.EMPTY,
                        new PolicyDocument(
                                Policies.scope(mode(global)),
                                Map.of("g", Policies.scope(mode(group))),
                                Map.of("sandbox-1", Policies.scope(mode(inFile)))));
        Container container =
                Sandboxes.with(Map.of("group", "g", "policy", Policies.scope(mode(own))));

        assertThat(
                        engine.decide(Authority.parse("no.example", 443), container)
                                instanceof Decision.Allow)
                .isEqualTo(observes);
    }

    private static Optional<Mode> mode(String name) {
        return name.isEmpty() ? Optional.empty() : Optional.of(Mode.valueOf(name));
    }

    @Test
    void anUnreadablePolicyIsNeverObserved() {
        assertThat(
                        OBSERVED.decide(
                                Authority.parse("listed.example", 443),
                                Sandboxes.with(Map.of("group", 7))))
                .isInstanceOf(Decision.Deny.class);
    }

    // ---- rules that bind ----

    private static Authorization bound(Inspection inspection, RequestRule... meaning) {
        PolicySnapshot snapshot =
                PolicySnapshot.of(
                        Allowlist.EMPTY,
                        new PolicyDocument(
                                Policies.scope(
                                        Policies.limit("everything", 9).priority(0),
                                        Policies.inspect("look", "a.example").priority(0),
                                        Policies.limit("other", 1, "b.example"),
                                        Policies.limit("puts", 1).methods(Method.PUT)),
                                Map.of(),
                                Map.of(
                                        "sandbox-1",
                                        Policies.scope(
                                                Optional.of(Mode.OBSERVE),
                                                Policies.limit(
                                                        "twice", 3, "a.example", "*.a.example"),
                                                Policies.allow("all", "a.example")))),
                        "allowlist.conf");
        return new PolicyEngine(
                        () -> snapshot,
                        Policies.asTheyAre(),
                        PassThroughList.EMPTY,
                        List.of(meaning),
                        inspection)
                .authorize(
                        Policies.request(
                                Sandboxes.PLAIN, Method.GET, "a.example", "/?_method=PUT"));
    }

    /** Wherever they stand, and in doubt too: a rule that allows does not switch them off. */
    @Test
    void limitsOfAllScopesBind() {
        Authorization authorization = bound((rule, check, request) -> Verdict.PASS);

        assertThat(((Authorization.Authorized) authorization).request().rateLimits())
                .extracting(RateLimitRule::key)
                .containsExactly(
                        "containers.sandbox-1.rules twice", "rules puts", "rules everything");
        assertThat(((Authorization.Authorized) authorization).request().rateLimits().getFirst())
                .isEqualTo(
                        new RateLimitRule(
                                "containers.sandbox-1.rules twice",
                                "policy.yaml:7 twice (containers.sandbox-1.rules)",
                                3,
                                Duration.ofMinutes(1)));
    }

    @Test
    void inspectionMayDenyOrAskForTheBody() {
        assertThat(bound((rule, check, request) -> new Verdict.Deny(BY_BODY)))
                .isEqualTo(new Authorization.Denied(BY_BODY));
        Authorization pending =
                bound(
                        (rule, check, request) ->
                                new Verdict.ReadBody(check.maxBytes(), body -> Optional.empty()));
        assertThat(((Authorization.NeedsBody) pending).request().maxBytes()).isEqualTo(1024);
    }

    /** GitHub's rules are never observed. */
    @Test
    void meaningIsNeverObserved() {
        RequestRule denies =
                new RequestRule() {
                    @Override
                    public boolean concerns(Host host) {
                        return true;
                    }

                    @Override
                    public Verdict judge(IdentifiedRequest request) {
                        return new Verdict.Deny(BY_BODY);
                    }
                };
        assertThat(bound((rule, check, request) -> Verdict.PASS, denies))
                .isEqualTo(new Authorization.Denied(BY_BODY));
    }

    // ---- TLS that goes by unread ----

    private static boolean passesThrough(Optional<Mode> mode, Policies.Rule... rules) {
        PolicySnapshot snapshot =
                PolicySnapshot.of(Allowlist.EMPTY, document(mode, rules), "allowlist.conf");
        PassThroughList list = new PassThroughList(Rules.of("a.example"));
        return new PolicyEngine(() -> snapshot, list, List.of())
                .passThrough(Authority.parse("a.example", 443), Sandboxes.PLAIN)
                .isPresent();
    }

    @Test
    void whatIsJudgedInsideIsNotPassedThrough() {
        Policies.Rule all = Policies.allow("all", "a.example");

        assertThat(passesThrough(Optional.empty(), all)).isTrue();
        assertThat(passesThrough(Optional.empty(), all, Policies.deny("no").paths("/x"))).isTrue();
        assertThat(passesThrough(Optional.empty(), Policies.deny("no").paths("/x"), all)).isFalse();
        assertThat(passesThrough(Optional.empty(), Policies.allow("v", "a.example").paths("/v")))
                .isFalse();
        assertThat(passesThrough(Optional.empty(), all, Policies.limit("l", 1))).isFalse();
        assertThat(passesThrough(Optional.empty(), all, Policies.inspect("i"))).isFalse();
        assertThat(passesThrough(Optional.empty(), all, Policies.limit("l", 1, "b.example")))
                .isTrue();
        assertThat(passesThrough(Optional.empty(), Policies.deny("no"), all)).isFalse();
        assertThat(passesThrough(Optional.of(Mode.OBSERVE))).isFalse();
    }

    @Test
    void scopeSaysWhatItHolds() {
        CompiledScope scope =
                CompiledScope.of(
                        ScopeName.group("g"), Policies.scope(Policies.allow("a", "a.example")));

        assertThat(scope.hasRule("a")).isTrue();
        assertThat(scope.hasRule("b")).isFalse();
        assertThat(scope.size()).isEqualTo(1);
        assertThat(scope.name().path()).isEqualTo("groups.g.rules");
        Remedy remedy = Remedy.add(scope, 50, Asked.about(Host.parse("a.example")));
        assertThat(remedy.text()).startsWith("add to policy.yaml groups.g.rules: - {name: ");
        assertThat(RuleDenials.unreadable("c", "x").refusal().rule())
                .isEqualTo("registration of c");
        Applicable nothing =
                PolicySnapshot.denyAll("x")
                        .applicable(Host.parse("a.example"), "c", ContainerPolicy.NONE);
        assertThat(AllowlistJudge.judge(nothing, Asked.about(Host.parse("a.example"))))
                .isInstanceOf(Decision.Deny.class);
    }
}
