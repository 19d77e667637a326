package dev.unifiedproxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;

/** Names from the wire and from files. */
final class HostnameTest {
    private static final String LABEL_63 = "a".repeat(63);
    private static final String NAME_253 =
            LABEL_63 + "." + LABEL_63 + "." + LABEL_63 + "." + "a".repeat(61);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "mixedCase,GitHub.COM,github.com",
        "trailingDot,github.com.,github.com",
        "localhostTrailingDot,localhost.,localhost",
        "localhostBelow,foo.localhost.,foo.localhost",
        "aLabel,XN--MAANA-PTA.com,xn--maana-pta.com",
        "underscore,_dmarc.my_host.example,_dmarc.my_host.example",
        "doubleHyphen,r1---sn-4g5e6nsz.example,r1---sn-4g5e6nsz.example",
        "singleLabel,registry,registry",
        "digitFirst,3com.com,3com.com",
        "digitsBeforeLast,1.2.3.4.example,1.2.3.4.example",
    })
    void wireNameIsCanonical(String what, String text, String canonical) {
        assertThat(Hostname.parse(text).text()).as(what).isEqualTo(canonical);
        assertThat(Hostname.parse(text))
                .isEqualTo(Hostname.parse(canonical))
                .hasToString(canonical);
        assertThat(Hostname.parse(text)).hasSameHashCodeAs(Hostname.parse(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a..",
                "a..b",
                ".a",
                "example.com..",
                "-a.com",
                "a-.com",
                "a.-b",
                "a.b-",
                "example.com\u0000",
                "attacker.com\u0000.google.com",
                "a b.com",
                "a\tb",
                "a\r\nHost: b",
                "a\u007fb",
                "user@example.com",
                "example.com:443",
                "example.com/",
                "example.com#",
                "example.com?",
                "example.com\\",
                "http://example.com",
                "*.com",
                "*",
                "a,b",
                "a%2eb",
                "[example.com]",
                "(a)",
                "\uff47ithub.com",
                "g\u0131thub.com",
                "\u0131.com",
                "github\u3002com",
                "git\u00adhub.com",
                "fa\u00df.de",
                "g\u0456thub.com",
                "K\u212a.com",
                "1",
                "1.2.3.4",
                "a.1",
                "a.0x1f",
                "a.0x",
                "a.00",
            })
    void wireNameIsRefused(String text) {
        assertThatExceptionOfType(HostSyntaxException.class)
                .isThrownBy(() -> Hostname.parse(text))
                .withMessageStartingWith("Host name '")
                .withMessageContaining("expected:");
    }

    @Test
    void lengthsAtAndOverTheBound() {
        assertThat(Hostname.parse(NAME_253).text()).hasSize(253);
        assertThat(Hostname.parse(NAME_253 + ".").text()).hasSize(253);
        assertThatExceptionOfType(HostSyntaxException.class)
                .isThrownBy(() -> Hostname.parse(NAME_253 + "a"))
                .withMessageContaining("253");
        assertThatExceptionOfType(HostSyntaxException.class)
                .isThrownBy(() -> Hostname.parse(LABEL_63 + "a.com"))
                .withMessageContaining("63");
    }

    @Test
    void messageShowsNoControlCharacterAndIsBounded() {
        assertThatExceptionOfType(HostSyntaxException.class)
                .isThrownBy(() -> Hostname.parse("a\r\n\u202e" + "b".repeat(100_000)))
                .satisfies(
                        e -> {
                            assertThat(e.getMessage()).contains("\\u000d\\u000a\\u202e");
                            assertThat(e.getMessage()).hasSizeLessThan(250);
                            assertThat(e.getStackTrace()).isEmpty();
                        });
    }

    @ParameterizedTest
    @CsvSource({
        "ma\u00f1ana.com,xn--maana-pta.com",
        "B\u00dcCHER.example,xn--bcher-kva.example",
        "\u4f8b\u3048.\u30c6\u30b9\u30c8,xn--r8jz45g.xn--zckzah",
        "github.com.,github.com",
        "my_host.example,my_host.example",
    })
    void configuredNameMayBeUnicode(String text, String canonical) {
        assertThat(Hostname.parseUnicode(text).text()).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "\u3002",
                "fa\u00df.de",
                "FA\u1e9e.de",
                "\u03b2\u03cc\u03bb\u03bf\u03c2.com",
                "git\u00adhub.com",
                "git\u200dhub.com",
                "git\u200bhub.com",
                "\u202egithub.com",
                "\uff11\uff12\uff17.0.0.1",
                "a\u2024\u2024b",
                "m\u00fcller_x.de",
                "-\u00fc.de",
                "\u00fc\n.de",
                "\ud800.de",
                "\u00fc..de",
                "evil.com\nallowed.com",
            })
    void configuredNameIsRefused(String text) {
        assertThatExceptionOfType(HostSyntaxException.class)
                .isThrownBy(() -> Hostname.parseUnicode(text))
                .withMessageContaining("expected:");
    }

    @RepeatedTest(200)
    void whatIsAcceptedIsAFixedPoint(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        String alphabet = "aZ09-_.xX\u00e9 %:";
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i >= 0; i--) {
            text.append(alphabet.charAt(random.nextInt(random.nextInt(4) > 0 ? 9 : 13)));
        }
        String canonical;
        try {
            canonical = Hostname.parse(text.toString()).text();
        } catch (HostSyntaxException e) {
            assertThat(e.getMessage()).as("seed %d", seed).contains("expected:");
            return;
        }
        assertThat(Hostname.parse(canonical).text()).as("seed %d", seed).isEqualTo(canonical);
        assertThat(canonical)
                .as("seed %d", seed)
                .matches("[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");
        assertThat(Host.parse(canonical)).as("seed %d", seed).isInstanceOf(Hostname.class);
    }
}
