package dev.unifiedproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.http.Headers;

import org.junit.jupiter.api.Test;

import java.util.Base64;
import java.util.HashSet;
import java.util.Set;

class WebSocketKeyTest {
    /** RFC 6455 section 1.3. */
    @Test
    void theAnswerToTheKeyOfTheRfc() {
        assertThat(new WebSocketKey("dGhlIHNhbXBsZSBub25jZQ==").accept())
                .isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @Test
    void keysOfOursAreDifferentAndHaveSixteenBytes() {
        Set<WebSocketKey> keys = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            WebSocketKey key = WebSocketKey.random();
            assertThat(Base64.getDecoder().decode(key.text())).hasSize(16);
            keys.add(key);
        }
        assertThat(keys).hasSize(100);
    }

    @Test
    void aHandshakeHasItBesideTheVersion() {
        Headers fields = new WebSocketKey("abc").request(Headers.of("Host", "a.example"));
        assertThat(fields.first("sec-websocket-key")).contains("abc");
        assertThat(fields.first("sec-websocket-version")).contains("13");
        assertThat(fields.first("host")).contains("a.example");
    }
}
