package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.json.JsonPath;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The bounds of the policy's values, and that nobody changes one behind our back. */
final class PolicyModelTest {
    private static final RuleAction ALLOW = new RuleAction.Allow(Optional.empty());
    private static final HostTarget HOST =
            new HostTarget(HostPattern.parse("a.example"), Set.of(443));

    private static PolicyRule rule(RuleAction action, int priority, List<HostTarget> hosts) {
        return new PolicyRule("r", action, priority, hosts, RuleMatch.ANY, "policy.yaml:3");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 50, 100})
    void prioritiesAreFrom0To100(int priority) {
        assertThat(rule(ALLOW, priority, List.of(HOST)).priority()).isEqualTo(priority);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 101})
    void otherPrioritiesAreNone(int priority) {
        assertThatThrownBy(() -> rule(ALLOW, priority, List.of(HOST)))
                .hasMessageContaining("0 to 100");
    }

    @Test
    void onlyAnAllowRuleNeedsAHost() {
        assertThatThrownBy(() -> rule(ALLOW, 1, List.of())).hasMessageContaining("at least one");
        assertThatCode(() -> rule(new RuleAction.Deny(""), 1, List.of()))
                .doesNotThrowAnyException();
    }

    @Test
    void aRateIsMoreThanNothing() {
        assertThat(new RuleAction.RateLimit(1, Duration.ofSeconds(1)).requests()).isOne();
        assertThatThrownBy(() -> new RuleAction.RateLimit(0, Duration.ofSeconds(1)))
                .hasMessageContaining("more than 0");
        assertThatThrownBy(() -> new RuleAction.RateLimit(1, Duration.ZERO))
                .hasMessageContaining("more than 0");
    }

    @Test
    void aBodyHasABound() {
        JsonFieldCheck field =
                new JsonFieldCheck(JsonPath.parse("/model"), true, List.of(), List.of());
        BodyCheck check = new BodyCheck(BodyCheck.DEFAULT_MAX_BYTES, List.of(), List.of(field));
        assertThat(new RuleAction.Inspect(check).check().fields()).containsExactly(field);
        assertThatThrownBy(() -> new BodyCheck(0, List.of(), List.of()))
                .hasMessageContaining("max_bytes");
        assertThatThrownBy(() -> new BodyCheck(BodyCheck.MAX_BYTES + 1, List.of(), List.of()))
                .hasMessageContaining("max_bytes");
        assertThatThrownBy(() -> new Verdict.ReadBody(0, body -> Optional.empty()))
                .hasMessageContaining("maxBytes");
    }

    @Test
    void listsAreCopies() {
        List<PolicyRule> rules = new ArrayList<>(List.of(rule(ALLOW, 1, List.of(HOST))));
        ScopeRules scope = new ScopeRules(Optional.of(Mode.OBSERVE), rules);
        PolicyDocument document = new PolicyDocument(scope, Map.of("g", scope), Map.of());
        rules.clear();
        assertThat(document.global().rules()).hasSize(1);
        assertThat(document.groups()).containsKey("g");
        assertThat(PolicyDocument.EMPTY.global()).isEqualTo(ScopeRules.EMPTY);
        assertThat(new FieldMatch("a", new TextGlob("b")).name()).isEqualTo("a");
    }
}
