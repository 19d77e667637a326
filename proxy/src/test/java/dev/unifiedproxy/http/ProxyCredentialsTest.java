package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Authority;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What a client presents to the proxy itself. */
final class ProxyCredentialsTest {
    @ParameterizedTest
    @CsvSource({
        "sandbox-1:ticket,sandbox-1,ticket",
        "sandbox-1:a:b,sandbox-1,a:b",
        "sandbox-1:,sandbox-1,''",
        ":ticket,'',ticket",
        "m\u00fcller:t,m\u00fcller,t",
    })
    void basicIsRead(String plain, String user, String password) {
        assertThat(ProxyCredentials.of(head("Basic " + encode(plain))))
                .contains(new ProxyCredentials(user, password));
    }

    @ParameterizedTest
    @ValueSource(strings = {"basic YTpi", "BASIC YTpi", "Basic  YTpi", "Basic YTpi"})
    void schemeIsReadWithoutCase(String field) {
        assertThat(ProxyCredentials.of(head(field))).contains(new ProxyCredentials("a", "b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Basic",
                "BasicYTpi",
                "Bearer YTpi",
                "Basic !!!!",
                "Basic YTpi, Basic YTpi",
                "Basic YWI=",
                "Basic YTpi=",
                "Basic YT pi",
                "Basic\tYTpi",
                "Digest username=a",
                "Basic a:b",
            })
    void anythingElseIsRefused(String field) {
        assertRefused(head(field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000b:c", "a\r\nb:c", "a:b\nc", "a:\u007f", "a:\u0085"})
    void controlCharactersAreRefused(String plain) {
        assertRefused(head("Basic " + encode(plain)));
    }

    @Test
    void absentIsNotEmpty() {
        assertThat(ProxyCredentials.of(requestHead(Headers.empty()))).isEmpty();
    }

    @Test
    void repeatedFieldIsRefused() {
        assertRefused(
                requestHead(
                        Headers.of(
                                "Proxy-Authorization",
                                "Basic YTpi",
                                "proxy-authorization",
                                "Basic YTpi")));
    }

    @Test
    void ticketIsNotPrinted() {
        assertThat(new ProxyCredentials("sandbox", "canary"))
                .hasToString("ProxyCredentials[sandbox:***]");
    }

    private static void assertRefused(RequestHead head) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> ProxyCredentials.of(head))
                .satisfies(e -> assertThat(e.refusal().code()).isEqualTo(ErrorCode.TICKET_INVALID));
    }

    private static String encode(String plain) {
        return Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    private static RequestHead head(String field) {
        return requestHead(Headers.of("Proxy-Authorization", field));
    }

    private static RequestHead requestHead(Headers headers) {
        RequestTarget target = new RequestTarget.Tunnel(Authority.parseWithPort("github.com:443"));
        return new RequestHead(Method.CONNECT, target, false, headers, BodyFraming.NONE);
    }
}
