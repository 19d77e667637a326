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
}
