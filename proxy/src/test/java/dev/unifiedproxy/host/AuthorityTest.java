package dev.unifiedproxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One destination: host and explicit port. */
final class AuthorityTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "defaultPort,github.com,github.com:443",
        "explicitPort,github.com:8443,github.com:8443",
        "mixedCaseTrailingDot,GitHub.com.:443,github.com:443",
        "address,127.1:80,127.0.0.1:80",
        "bracketed,[::1]:8080,[::1]:8080",
        "bracketedDefault,[2001:DB8::1],[2001:db8::1]:443",
        "mapped,[::ffff:10.0.0.1]:443,10.0.0.1:443",
        "lowestPort,a:1,a:1",
        "highestPort,a:65535,a:65535",
    })
    void isCanonical(String what, String text, String canonical) {
        Authority authority = Authority.parse(text, 443);
        assertThat(authority).as(what).hasToString(canonical);
        assertThat(Authority.parseWithPort(canonical)).isEqualTo(authority);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":443",
                "a:",
                "a:0",
                "a:080",
                "a:65536",
                "a:99999",
                "a:100000",
                "a:-1",
                "a:+1",
                "a: 1",
                "a:1 ",
                "a:1a",
                "a:\u0661",
                "a:80:80",
                "a:b:80",
                "user@a:443",
                "user:pass@a:443",
                "allowed@evil",
                "evil#@allowed",
                "evil\\@allowed",
                "a/b:443",
                "a?b:443",
                "::1",
                "::1:443",
                "[::1",
                "[::1]443",
                "[::1]:",
                "[::1]:x",
                "[::1%25eth0]:443",
                "[a]:443",
                "a\u0000:443",
                "a:443\r\n",
                "a..:443",
                "http://a:80",
            })
    void isRefused(String text) {
        assertThatExceptionOfType(HostSyntaxException.class)
                .isThrownBy(() -> Authority.parse(text, 443))
                .withMessageContaining("expected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"github.com", "[::1]", "127.0.0.1", "", "github.com.", "[::1]443"})
    void connectNeedsAPort(String text) {
        assertThatExceptionOfType(HostSyntaxException.class)
                .isThrownBy(() -> Authority.parseWithPort(text))
                .withMessageContaining("has no port (expected: host:port)");
    }

    @ParameterizedTest
    @CsvSource({
        "a:443,true,a",
        "a:443,false,a:443",
        "a:80,true,a:80",
        "a:80,false,a",
        "[2001:db8::1]:443,true,[2001:db8::1]",
        "1.2.3.4:80,false,1.2.3.4",
        "a:8443,true,a:8443",
    })
    void hostFieldOmitsTheSchemesPort(String text, boolean secure, String field) {
        Authority authority = Authority.parseWithPort(text);
        assertThat(authority.hostField(secure)).isEqualTo(field);
        assertThat(Authority.parse(field, secure ? 443 : 80)).isEqualTo(authority);
    }

    @Test
    void portIsPartOfTheDestination() {
        assertThat(Authority.parse("a:22", 443)).isNotEqualTo(Authority.parse("a", 443));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65536, Integer.MAX_VALUE})
    void portIsBounded(int port) {
        Host host = Hostname.parse("a");
        assertThatExceptionOfType(HostSyntaxException.class)
                .isThrownBy(() -> new Authority(host, port))
                .withMessage("Port " + port + " is not valid (expected: 1 to 65535)");
    }
}
