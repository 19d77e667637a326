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
import java.util.List;

class WebSocketHandshakeTest {
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

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

    private static void check(String... answer) {
        Headers request = Headers.of("Sec-WebSocket-Protocol", "a, b");
        WebSocketHandshake.checkAnswer(Headers.of(answer), ACCEPT, request);
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
                                ACCEPT));
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
        assertBad("Connection", "upgrade", "Sec-WebSocket-Accept", ACCEPT);
        assertBad("Upgrade", "websocket", "Sec-WebSocket-Accept", ACCEPT);
        assertBad("Upgrade", "websocket", "Connection", "upgrade");
    }

    private static void assertBad(String... answer) {
        assertThatThrownBy(() -> check(answer))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.refusal().code()).isEqualTo(ErrorCode.BAD_RESPONSE));
    }
}
