package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Optional;

/** One destination: every place that names one names this one. */
final class InboundRequestTest {
    private static final IpAddress SOURCE = IpAddress.parse("10.0.0.2");
    private static final Authority GITHUB = Authority.parse("github.com", 443);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "sameName,github.com,github.com",
        "explicitDefaultPort,github.com,github.com:80",
        "otherCaseAndDot,github.com,GitHub.COM.",
        "portOnBoth,github.com:8080,github.com:8080",
        "addressSpellings,127.0.0.1,0x7f.1",
        "bracketedAddress,[2001:db8::1],[2001:DB8:0::1]",
    })
    void forwardedAcceptsTheSameDestination(String what, String target, String host) {
        InboundRequest request = forwarded(absolute(false, target), Headers.of("Host", host));
        assertThat(request.authority()).as(what).isEqualTo(Authority.parse(target, 80));
        assertThat(request.secure()).isFalse();
        assertThat(request.target().text()).isEqualTo("/a?b=1");
        assertThat(request.method()).isEqualTo(Method.GET);
        assertThat(request.source()).isEqualTo(SOURCE);
        assertThat(request.requestId()).isEqualTo("r1");
        assertThat(request.proxyCredentials()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "absoluteFormHostMismatch,evil.example,github.com",
        "otherPort,github.com,github.com:443",
        "suffix,github.com,github.com.evil.example",
        "prefix,github.com,notgithub.com",
        "subdomain,github.com,api.github.com",
        "addressForName,localhost,127.0.0.1",
    })
    void forwardedRefusesAnotherHost(String attack, String target, String host) {
        assertRefused(
                ErrorCode.HOST_MISMATCH,
                () -> forwarded(absolute(false, target), Headers.of("Host", host)));
    }

    @Test
    void forwardedRefusesHttpsInAbsoluteForm() {
        assertRefused(
                ErrorCode.MALFORMED,
                () -> forwarded(absolute(true, "github.com"), Headers.of("Host", "github.com")));
    }

    @Test
    void forwardedRefusesWhatIsNotAbsolute() {
        for (RequestTarget target : new RequestTarget[] {origin(), new RequestTarget.Asterisk()}) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> forwarded(target, Headers.of("Host", "github.com")))
                    .satisfies(
                            e -> {
                                assertThat(e.refusal().code())
                                        .isEqualTo(ErrorCode.NOT_A_DESTINATION);
                                assertThat(e.refusal().remedy()).contains("HTTP_PROXY");
                            });
        }
    }

    @Test
    void forwardedCarriesTheTicket() {
        InboundRequest request =
                forwarded(
                        absolute(false, "github.com"),
                        Headers.of("Host", "github.com", "Proxy-Authorization", "Basic YTpi"));
        assertThat(request.proxyCredentials()).contains(new ProxyCredentials("a", "b"));
    }

    @ParameterizedTest
    @CsvSource({
        "github.com:443,github.com,true",
        "github.com:443,GITHUB.com.:443,true",
        "github.com:8443,github.com:8443,true",
        "github.com:80,github.com,false",
    })
    void tunnelledAcceptsTheTunnelsHost(String authority, String host, boolean secure) {
        Authority tunnel = Authority.parseWithPort(authority);
        InboundRequest request = tunnelled(tunnel, secure, origin(), Headers.of("Host", host));
        assertThat(request.authority()).isEqualTo(tunnel);
        assertThat(request.secure()).isEqualTo(secure);
        assertThat(request.head().headers().first("host")).contains(host);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "innerHostDiffers,api.github.com,true",
        "innerHostEvil,evil.example,true",
        "innerPortDiffers,github.com:8443,true",
        "innerPortOfPlainHttp,github.com:80,true",
        "defaultPortOfTheOtherScheme,github.com,false",
    })
    void tunnelledRefusesAnotherHost(String attack, String host, boolean secure) {
        assertRefused(
                ErrorCode.MISDIRECTED,
                () -> tunnelled(GITHUB, secure, origin(), Headers.of("Host", host)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "absoluteFormInsideTunnel,evil.example:443,true",
        "absoluteFormOtherPort,github.com:8443,true",
        "absoluteFormOtherScheme,github.com:443,false",
    })
    void tunnelledRefusesAnotherTarget(String attack, String target, boolean secure) {
        assertRefused(
                ErrorCode.MISDIRECTED,
                () ->
                        tunnelled(
                                GITHUB,
                                true,
                                absolute(secure, target),
                                Headers.of("Host", "github.com")));
    }

    @Test
    void tunnelledAcceptsTheSameTargetInAbsoluteForm() {
        InboundRequest request =
                tunnelled(
                        GITHUB,
                        true,
                        absolute(true, "github.com:443"),
                        Headers.of("Host", "github.com"));
        assertThat(request.target().text()).isEqualTo("/a?b=1");
    }

    @Test
    void relayedConnectInsideTunnelIsRefused() {
        Headers headers = Headers.of("Host", "github.com");
        assertRefused(
                ErrorCode.METHOD_UNSUPPORTED,
                () -> tunnelled(GITHUB, true, new RequestTarget.Tunnel(GITHUB), headers));
        assertRefused(
                ErrorCode.METHOD_UNSUPPORTED,
                () -> tunnelled(GITHUB, true, new RequestTarget.Asterisk(), headers));
    }

    @Test
    void duplicateHostIsRefusedEvenWhenOneMatches() {
        Headers twice = Headers.of("Host", "github.com", "host", "attacker.example.com");
        Headers same = Headers.of("Host", "github.com", "Host", "github.com");
        for (Headers headers : new Headers[] {twice, same, Headers.empty()}) {
            assertRefused(ErrorCode.MALFORMED, () -> tunnelled(GITHUB, true, origin(), headers));
            assertRefused(
                    ErrorCode.MALFORMED, () -> forwarded(absolute(false, "github.com"), headers));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "github.com:",
                "user@github.com",
                "github.com, evil.example",
                "github.com/",
                "::1",
                "github.com:0",
                "[github.com]",
                "github.com evil.example",
            })
    void unreadableHostIsRefused(String host) {
        assertRefused(
                ErrorCode.MALFORMED,
                () -> tunnelled(GITHUB, true, origin(), Headers.of("Host", host)));
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.refusal().code()).isEqualTo(code));
    }

    private static InboundRequest forwarded(RequestTarget target, Headers headers) {
        return InboundRequest.forwarded("r1", SOURCE, head(target, headers));
    }

    private static InboundRequest tunnelled(
            Authority authority, boolean secure, RequestTarget target, Headers headers) {
        return InboundRequest.tunnelled(
                "r1", SOURCE, authority, secure, head(target, headers), Optional.empty());
    }

    private static RequestHead head(RequestTarget target, Headers headers) {
        return new RequestHead(Method.GET, target, false, headers, BodyFraming.NONE);
    }

    private static RequestTarget.Origin origin() {
        return new RequestTarget.Origin(NormalPath.parse("/a"), "b=1", true);
    }

    private static RequestTarget absolute(boolean secure, String authority) {
        return new RequestTarget.Absolute(
                secure, Authority.parse(authority, secure ? 443 : 80), origin());
    }
}
