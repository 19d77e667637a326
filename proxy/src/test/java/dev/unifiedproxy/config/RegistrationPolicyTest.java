package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.policy.Mode;
import dev.unifiedproxy.policy.ScopeRules;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

class RegistrationPolicyTest {
    @Test
    void theRulesOfARegistrationAreThoseOfAScope() {
        ScopeRules rules =
                RegistrationPolicy.read(
                        "sandbox-1",
                        Map.of(
                                "mode",
                                "observe",
                                "rules",
                                List.of(
                                        Map.of(
                                                "name",
                                                "api",
                                                "action",
                                                "allow",
                                                "priority",
                                                60,
                                                "hosts",
                                                List.of("api.example.com")))));

        assertThat(rules.mode()).contains(Mode.OBSERVE);
        assertThat(rules.rules())
                .singleElement()
                .satisfies(
                        rule -> {
                            assertThat(rule.priority()).isEqualTo(60);
                            assertThat(rule.place()).isEqualTo("registration of sandbox-1");
                        });
    }

    @Test
    void whatSaysNothingOfPolicyIsRight() {
        assertThat(RegistrationPolicy.problems("a", Map.of("repo", "o/r"))).isEmpty();
        assertThat(
                        RegistrationPolicy.problems(
                                "a", Map.of("group", "team", "policy", Map.of("mode", "enforce"))))
                .isEmpty();
    }

    @Test
    void allProblemsAreNamed() {
        Map<String, Object> metadata =
                Map.of(
                        "group",
                        7,
                        "policy",
                        Map.of("rules", List.of(Map.of("name", "x", "action", "alow"), true)));
        assertThat(RegistrationPolicy.problems("a", metadata))
                .containsExactly(
                        "group: '7' (expected: 1 to 128 letters, digits, '.', '_', ':' and '-')",
                        "policy.rules[0].action: 'alow' (expected: one of allow, deny, inspect,"
                                + " rate_limit; did you mean 'allow'?)",
                        "policy.rules[1] is a single value (expected: a mapping)");
        Map<String, Object> none = new HashMap<>();
        none.put("policy", null);
        assertThat(RegistrationPolicy.problems("a", none))
                .containsExactly("policy is nothing (expected: a mapping)");
        assertThat(RegistrationPolicy.problems("a", Map.of("group", "a b"))).hasSize(1);
        Map<String, Object> nothing = new HashMap<>();
        nothing.put("mode", null);
        assertThat(RegistrationPolicy.problems("a", Map.of("policy", nothing)))
                .containsExactly("policy.mode: an entry is empty (expected: a value)");
    }
}
