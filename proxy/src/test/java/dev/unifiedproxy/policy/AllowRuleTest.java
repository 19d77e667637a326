package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.unifiedproxy.host.HostPattern;

import org.junit.jupiter.api.Test;

import java.util.Set;

class AllowRuleTest {
    private static AllowRule rule(String pattern, Set<Integer> ports, boolean deny) {
        return new AllowRule(
                HostPattern.parse(pattern), ports, deny, "allowlist.conf:7", "generic");
    }

    @Test
    void withoutPortsAllowsTheTwoOfTheWeb() {
        AllowRule rule = rule("a.example", Set.of(), false);

        assertThat(rule.allows(80)).isTrue();
        assertThat(rule.allows(443)).isTrue();
        assertThat(rule.allows(22)).isFalse();
        assertThat(rule.allows(8443)).isFalse();
    }

    @Test
    void withPortsAllowsThoseOnly() {
        AllowRule rule = rule("a.example", Set.of(8443), false);

        assertThat(rule.allows(8443)).isTrue();
        assertThat(rule.allows(443)).isFalse();
    }

    @Test
    void denialAllowsNothingAndNamesNoPorts() {
        assertThat(rule("a.example", Set.of(), true).allows(443)).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rule("a.example", Set.of(443), true))
                .withMessageContaining("[443]");
    }

    @Test
    void printsAsItStandsInAFile() {
        assertThat(rule("a.example", Set.of(), false).text()).isEqualTo("a.example");
        assertThat(rule("*.a.example", Set.of(8443), false).text()).isEqualTo("*.a.example:8443");
        assertThat(rule("a.example", Set.of(), true).text()).isEqualTo("!a.example");
        assertThat(rule("::1", Set.of(9000), false).text()).isEqualTo("[::1]:9000");
        assertThat(rule("::1", Set.of(), false).text()).isEqualTo("::1");
        assertThat(rule("a.example", Set.of(9, 7), false).text()).isEqualTo("a.example:7,9");
        assertThat(rule("a.example", Set.of(), false).reference())
                .isEqualTo("allowlist.conf:7 a.example");
    }
}
