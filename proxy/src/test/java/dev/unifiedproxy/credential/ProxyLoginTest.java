package dev.unifiedproxy.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.http.Headers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxyLoginTest {
    @Test
    void isBasicInUtf8AndPrintsAsRedacted() {
        ProxyLogin login = ProxyLogin.parse("test:123\u00a3").orElseThrow();
        assertThat(login.with(Headers.empty()).all("Proxy-Authorization"))
                .as("the example of RFC 7617 section 2.1")
                .containsExactly("Basic dGVzdDoxMjPCow==");
        assertThat(login).hasToString("***");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "name", ":password", "na\nme:x", "name:x\r"})
    void isRefused(String text) {
        assertThat(ProxyLogin.parse(text)).isEmpty();
    }
}
