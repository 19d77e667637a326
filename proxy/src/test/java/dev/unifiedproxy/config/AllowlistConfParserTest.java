package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.policy.AllowRule;
import dev.unifiedproxy.policy.Allowlist;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;

class AllowlistConfParserTest {
    private static Allowlist parse(String content) {
        return AllowlistConfParser.parse(
                "/etc/proxy/allowlist.conf", content.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsEveryForm() {
        Allowlist allowlist =
                parse(
                        """
                        # a comment
                        # 1.2.3.0/24

                        github.com github
                        *.openai.com\tai
                          !dns.google   # resolvers are for the proxy
                        api.example:8443 no-such_type9   # why
                        127.0.0.1:9000
                        [::1]:9000 generic\r
                        """);

        assertThat(allowlist.rules())
                .extracting(AllowRule::text, AllowRule::place, AllowRule::type)
                .containsExactly(
                        tuple("github.com", "allowlist.conf:4", "github"),
                        tuple("*.openai.com", "allowlist.conf:5", "ai"),
                        tuple("!dns.google", "allowlist.conf:6", "generic"),
                        tuple("api.example:8443", "allowlist.conf:7", "no-such_type9"),
                        tuple("127.0.0.1:9000", "allowlist.conf:8", "generic"),
                        tuple("[::1]:9000", "allowlist.conf:9", "generic"));
        assertThat(allowlist.endpoints()).isEmpty();
        assertThat(allowlist.blocked()).isEmpty();
    }

    private static org.assertj.core.groups.Tuple tuple(Object... values) {
        return org.assertj.core.groups.Tuple.tuple(values);
    }

    @Test
    void wildcardCoversItsBase() {
        AllowRule rule = parse("*.openai.com ai").rules().getFirst();

        assertThat(rule.pattern().matches(Hostname.parse("api.openai.com"))).isTrue();
        assertThat(rule.pattern().matches(Hostname.parse("openai.com"))).isTrue();
        assertThat(rule.pattern().matches(Hostname.parse("notopenai.com"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# only\n#comments", "   \t\n", "\uFEFF# marked"})
    void saysNothing(String content) {
        assertThat(parse(content)).isEqualTo(Allowlist.EMPTY);
    }

    @Test
    void reportsEveryProblemWithItsPlace() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(
                        () ->
                                parse(
                                        """
                                        github.com github
                                        https://evil.example/x
                                          a/b
                                        a.*.com
                                        ok.example typ/e
                                        ok.example generic more
                                        ok.example:99999
                                        """))
                .satisfies(
                        e ->
                                assertThat(e.getMessage().lines())
                                        .satisfiesExactly(
                                                at("2:1", "such as 'evil.example'"),
                                                at("3:3", "a host without path"),
                                                at("4:1", "'a.*.com'"),
                                                at("5:12", "'typ/e' is not a type (expected: "),
                                                at("6:20", "'more' is too much (expected: pattern"),
                                                at("7:1", "a port from 1 to 65535")));
    }

    private static org.assertj.core.api.ThrowingConsumer<String> at(String place, String words) {
        return line ->
                assertThat(line)
                        .startsWith("/etc/proxy/allowlist.conf:" + place + ": ")
                        .contains(words);
    }

    @Test
    void typeHasABound() {
        assertThat(parse("a.example " + "t".repeat(64)).rules()).hasSize(1);
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> parse("a.example " + "t".repeat(65)));
    }
}
