package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.host.Authority;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** What registrations bring along: {@link ContainerPolicies} and {@link ContainerPolicy}. */
final class ContainerPoliciesTest {
    private static final Authority HOST = Authority.parse("a.example", 443);

    private final AtomicInteger reads = new AtomicInteger();
    private final ContainerPolicies policies =
            new ContainerPolicies(
                    (id, policy) -> {
                        reads.incrementAndGet();
                        if (!policy.equals("allow a.example")) {
                            throw new IllegalArgumentException("'" + policy + "' of " + id);
                        }
                        return Policies.scope(Policies.allow("own", "a.example"));
                    },
                    2);

    private Decision decide(Allowlist allowlist, Container container) {
        PolicySnapshot snapshot =
                PolicySnapshot.of(allowlist, PolicyDocument.EMPTY, "allowlist.conf");
        return new PolicyEngine(() -> snapshot, policies, PassThroughList.EMPTY, List.of())
                .decide(HOST, container);
    }

    private static Container container(String id) {
        return Sandboxes.with(id, Map.of("policy", "allow a.example"));
    }

    private void ask(Container container) {
        assertThat(policies.of(container)).isNotNull();
    }

    @Test
    void ownRulesDecideForTheirContainerOnly() {
        assertThat(decide(Allowlist.EMPTY, container("c1")))
                .isEqualTo(
                        new Decision.Allow(
                                "policy",
                                "policy.yaml:7 own (registration of c1)",
                                "a.example",
                                false,
                                Optional.empty()));
        assertThat(decide(Allowlist.EMPTY, Sandboxes.PLAIN)).isInstanceOf(Decision.Deny.class);
    }

    /** A renewal makes a new container of the same metadata. */
    @Test
    void readOnceAsLongAsTheRegistrationSaysTheSame() {
        ask(container("c1"));
        assertThat(policies.of(container("c1"))).isSameAs(policies.of(container("c1")));
        assertThat(reads).hasValue(1);

        ask(Sandboxes.with("c1", Map.of("policy", "other")));
        assertThat(reads).hasValue(2);
        assertThat(policies.of(container("c1")).problem()).isEmpty();
        assertThat(reads).hasValue(3);
    }

    @Test
    void keepsNoMoreThanItsBound() {
        ask(container("c1"));
        ask(container("c2"));
        ask(container("c3"));
        ask(container("c3"));
        assertThat(reads).hasValue(3);

        Stream.of("c1", "c2", "c3").forEach(id -> ask(container(id)));
        assertThat(reads.get()).isBetween(4, 6);
    }

    static Stream<Map<String, Object>> unreadable() {
        Map<String, Object> none = new HashMap<>();
        none.put("policy", null);
        return Stream.of(
                Map.of("policy", "allow everything"),
                Map.of("policy", List.of()),
                Map.of("policy", 7),
                none,
                Map.of("group", 7),
                Map.of("group", ""),
                Map.of("group", List.of("g"), "policy", "allow a.example"));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void whatCannotBeReadDeniesEverything(Map<String, Object> metadata) {
        Allowlist listed = Rules.hosts("a.example");

        assertThat(decide(listed, Sandboxes.with(metadata)))
                .isInstanceOfSatisfying(
                        Decision.Deny.class,
                        denial -> {
                            assertThat(denial.refusal().code()).isEqualTo(ErrorCode.RULE_DENIED);
                            assertThat(denial.refusal().detail()).contains("cannot be read");
                            assertThat(denial.refusal().rule())
                                    .isEqualTo("registration of sandbox-1");
                        });
        assertThat(decide(listed, Sandboxes.PLAIN)).isInstanceOf(Decision.Allow.class);
    }

    @Test
    void anEngineWithoutAReaderDeniesWhoeverBringsAPolicy() {
        PolicySnapshot snapshot = PolicySnapshot.of(Rules.hosts("a.example"), "allowlist.conf");
        PolicyEngine engine = new PolicyEngine(() -> snapshot);

        assertThat(engine.decide(HOST, container("c1"))).isInstanceOf(Decision.Deny.class);
        assertThat(engine.decide(HOST, Sandboxes.with(Map.of("group", "g"))))
                .isInstanceOf(Decision.Allow.class);
    }
}
