package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.unifiedproxy.policy.AllowRule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostRuleSyntaxTest {
    @ParameterizedTest
    @CsvSource({
        "github.com, github.com",
        "GitHub.COM., github.com",
        "*.github.com, *.github.com",
        "!dns.google, !dns.google",
        "!*.dns.google, !*.dns.google",
        "api.example:8443, api.example:8443",
        "*.api.example:8443, *.api.example:8443",
        "127.0.0.1, 127.0.0.1",
        "127.0.0.1:9000, 127.0.0.1:9000",
        "[::1]:9000, [::1]:9000",
        "[::1], ::1",
        "::1, ::1",
        "fd00::1, fd00::1",
        "bücher.example, xn--bcher-kva.example",
    })
    void readsHosts(String text, String rule) {
        AllowRule read = HostRuleSyntax.parse(text, "f:1", "ai");

        assertThat(read.text()).isEqualTo(rule);
        assertThat(read.place()).isEqualTo("f:1");
        assertThat(read.type()).isEqualTo("ai");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "!",
                "*",
                "*.",
                "*.*.com",
                "a.*.com",
                "a*.com",
                "*a.com",
                "a/b",
                "a/",
                "https://x.example/y",
                "://",
                "user@host.example",
                "a.example:",
                "a.example:0",
                "a.example:65536",
                "a.example:080",
                "a.example:x",
                "a.example:443443",
                ":443",
                "!a.example:443",
                "127.1",
                "0x7f.1",
                "0177.0.0.1",
                "2130706433",
                "1.2.3.4.5",
                "[::1",
                "[::1]:",
                "[::1]x",
                "[1.2.3.4]:",
                "::1%lo",
                "a..b",
                "-a.example",
                "a b",
                "a.example\u0000.google.com",
                "1.2.3.0/24",
                "!!a.example",
                "a:1:2"
            })
    void refusesWhatIsNoHost(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostRuleSyntax.parse(text, "f:1", "ai"))
                .withMessageContaining("expected: ");
    }

    @Test
    void saysHowItWouldBeRight() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostRuleSyntax.parse("https://GitHub.com/a/b", "f:1", "ai"))
                .withMessage(
                        "'https://GitHub.com/a/b' is not a host (expected: a host without scheme"
                                + " and path, such as 'github.com')");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostRuleSyntax.parse("github.com/a", "f:1", "ai"))
                .withMessageContaining("such as 'github.com'");
    }

    @Test
    void hostAloneHasNeitherDenialNorPort() {
        assertThat(HostRuleSyntax.parseHost("*.a.example").text()).isEqualTo("*.a.example");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostRuleSyntax.parseHost("!a.example"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostRuleSyntax.parseHost("a.example:443"));
    }
}
