package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

class WebSocketHandshakeTest {
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static RequestHead parse(String firstLine, String... fields) {
        String text =
                firstLine + "\r\nHost: a.example\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return RequestHeadParser.parse(bytes, bytes.length);
    }

    private static final List<String> FIELDS =
            List.of(
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: " + KEY);

    /** RFC 6455 section 1.3. */
    @Test
    void theAnswerToTheKeyOfTheRfc() {
        assertThat(WebSocketHandshake.accept(KEY)).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @Test
    void aHandshakeIsFramedAsFrames() {
        RequestHead head = parse("GET /x HTTP/1.1", FIELDS.toArray(String[]::new));
        assertThat(head.opensWebSocket()).isTrue();
        assertThat(head.expectsBody()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0,Connection: close",
        "0,X: y",
        "2,X: y",
        "2,Sec-WebSocket-Version: 8",
        "2,'Sec-WebSocket-Version: 13, 13'",
        "3,X: y",
        "3,Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ",
        "3,Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSE=",
        "3,Sec-WebSocket-Key: ****IHNhbXBsZSBub25jZQ==",
    })
    void aHandshakeWithAWrongFieldIsMalformed(int index, String field) {
        List<String> fields = new ArrayList<>(FIELDS);
        fields.set(index, field);
        assertMalformed("GET /x HTTP/1.1", fields);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "HEAD", "PUT", "OPTIONS", "DELETE"})
    void onlyAGetOpensAWebSocket(String method) {
        assertMalformed(method + " /x HTTP/1.1", FIELDS);
    }

    private static void assertMalformed(String line, List<String> fields) {
        assertThatThrownBy(() -> parse(line, fields.toArray(String[]::new)))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.refusal().code()).isEqualTo(ErrorCode.MALFORMED));
    }

    @Test
    void keysOfOursAreKeysAndDifferent() {
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            String key = WebSocketHandshake.newKey();
            assertThatCode(
                            () ->
                                    parse(
                                            "GET /x HTTP/1.1",
                                            "Connection: Upgrade",
                                            "Upgrade: websocket",
                                            "Sec-WebSocket-Version: 13",
                                            "Sec-WebSocket-Key: " + key))
                    .doesNotThrowAnyException();
            keys.add(key);
        }
        assertThat(keys).hasSize(100);
    }

    private static void check(String... answer) {
        Headers request = Headers.of("Sec-WebSocket-Protocol", "a, b");
        WebSocketHandshake.checkAnswer(Headers.of(answer), KEY, request);
    }

    private static String[] answer(String... more) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "Upgrade",
                                "WebSocket",
                                "Connection",
                                "upgrade",
                                "Sec-WebSocket-Accept",
                                WebSocketHandshake.accept(KEY)));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    @Test
    void anAnswerMayChooseOneOfferedProtocol() {
        assertThatCode(() -> check(answer())).doesNotThrowAnyException();
        assertThatCode(() -> check(answer("Sec-WebSocket-Protocol", "b")))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-WebSocket-Protocol,c",
        "Sec-WebSocket-Protocol,'a, b'",
        "Sec-WebSocket-Protocol,A",
        "Sec-WebSocket-Extensions,permessage-deflate",
        "Sec-WebSocket-Accept,x",
        "Upgrade,h2c",
    })
    void anotherAnswerIsABadResponse(String name, String value) {
        assertBad(answer(name, value));
    }

    @Test
    void anAnswerWithoutUpgradeConnectionOrAcceptIsABadResponse() {
        String accept = WebSocketHandshake.accept(KEY);
        assertBad("Connection", "upgrade", "Sec-WebSocket-Accept", accept);
        assertBad("Upgrade", "websocket", "Sec-WebSocket-Accept", accept);
        assertBad("Upgrade", "websocket", "Connection", "upgrade");
    }

    private static void assertBad(String... answer) {
        assertThatThrownBy(() -> check(answer))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.refusal().code()).isEqualTo(ErrorCode.BAD_RESPONSE));
    }
}
