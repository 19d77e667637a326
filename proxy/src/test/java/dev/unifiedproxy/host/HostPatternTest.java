package dev.unifiedproxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pattern matches, and which patterns cannot be written. */
final class HostPatternTest {
    @ParameterizedTest
    @CsvSource({
        "github.com,github.com,true",
        "GitHub.com.,github.com,true",
        "github.com,GITHUB.com.,true",
        "github.com,api.github.com,false",
        "github.com,github.com.evil.example,false",
        "*.github.com,github.com,true",
        "*.github.com,api.github.com,true",
        "*.github.com,a.b.github.com,true",
        "*.github.com,notgithub.com,false",
        "*.github.com,evil-github.com,false",
        "*.github.com,github.com.evil.example,false",
        "*.github.com,github.comx,false",
        "*.github.com,com,false",
        "*.google,dns.google,true",
        "*.google,google,true",
        "*.google,google.com,false",
        "*.google.,a.b.google,true",
        "*.m\u00fcller.de,x.xn--mller-kva.de,true",
        "10.0.0.1,10.0.0.1,true",
        "10.0.0.1,0x0a000001,true",
        "10.0.0.1,[::ffff:10.0.0.1],true",
        "10.0.0.1,10.0.0.2,false",
        "[2001:db8::1],[2001:DB8:0::1],true",
        "2001:db8::1,[2001:db8::2],false",
        "10.0.0.1,10.0.0.1.nip.io,false",
    })
    void matches(String pattern, String host, boolean expected) {
        assertThat(HostPattern.parse(pattern).matches(Host.parse(host))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "*",
                "*.",
                "*.*",
                "**.a.b",
                "a.*.b",
                "a*.b.c",
                "*a.b",
                "*.*.a.b",
                "a.b.*",
                "[1.2.3.4]",
                "[::1",
                "::1]",
                "[a.b]",
                "[::1%25eth0]",
                "0177.0.0.1",
                "0x7f.1",
                "2130706433",
                "127.1",
                "127.0.0.1.",
                "10.0.0.0/8",
                "*.1.2.3.4",
                "a.1",
                "http://a.b",
                "a.b:443",
                "a.b/",
                "a b.c",
                "a.b\nc.d",
                "a.b #x",
                "user@a.b",
                "*.fa\u00df.de",
            })
    void cannotBeWritten(String text) {
        assertThatExceptionOfType(HostSyntaxException.class)
                .isThrownBy(() -> HostPattern.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "GitHub.com.,github.com",
        "*.GitHub.com,*.github.com",
        "10.0.0.1,10.0.0.1",
        "[2001:DB8::1],2001:db8::1",
    })
    void printsAsItWouldStandInAFile(String text, String canonical) {
        assertThat(HostPattern.parse(text).text()).isEqualTo(canonical);
        assertThat(HostPattern.parse(canonical)).isEqualTo(HostPattern.parse(text));
    }

    @Test
    void messageSaysWhatIsRight() {
        assertThatExceptionOfType(HostSyntaxException.class)
                .isThrownBy(() -> HostPattern.parse("a.*.com"))
                .withMessageContaining("expected: name or *.name");
    }
}
