package dev.unifiedproxy.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.http.Headers;

import org.junit.jupiter.api.Test;

final class OutboundFieldsTest {
    @Test
    void orderAndRepetitionOfEndToEndFieldsAreKept() {
        Headers client = Headers.of("a", "1", "HOST", "other", "b", "2", "A", "3");

        assertThat(OutboundFields.of(client, "h:1", false).headers().build())
                .isEqualTo(Headers.of("Host", "h:1", "a", "1", "b", "2", "A", "3"));
    }

    @Test
    void nameOfARemovedFieldIsCut() {
        Headers client = Headers.of("x".repeat(100), "CREDENTIAL_PROXY_PLACEHOLDER");

        assertThat(OutboundFields.of(client, "h", false).placeholderFields())
                .containsExactly("x".repeat(64));
    }

    @Test
    void trailersLoseWhatAHeadWouldLose() {
        Headers client =
                Headers.of(
                        "X-Sum", "1",
                        "X-Key", "CREDENTIAL_PROXY_PLACEHOLDER",
                        "Via", "1.1 a",
                        "Alt-Used", "alt.example",
                        "X-Forwarded-For", "10.0.0.1",
                        "Proxy-Status", "b");

        assertThat(OutboundFields.trailers(client)).isEqualTo(Headers.of("X-Sum", "1"));
    }
}
