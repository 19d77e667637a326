package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

final class ResponseHeadParserTest {
    private static ResponseHead parse(Method request, String head) {
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        return ResponseHeadParser.parse(bytes, bytes.length, request, false);
    }

    static Stream<Arguments> attacks() {
        return Stream.of(
                Arguments.of("status 099", "HTTP/1.1 099 X\r\n\r\n"),
                Arguments.of("status 600", "HTTP/1.1 600 X\r\n\r\n"),
                Arguments.of("status abc", "HTTP/1.1 abc X\r\n\r\n"),
                Arguments.of("status of two digits", "HTTP/1.1 20 OK\r\n\r\n"),
                Arguments.of("status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"),
                Arguments.of("status +20", "HTTP/1.1 +20 OK\r\n\r\n"),
                Arguments.of("unasked 101", "HTTP/1.1 101 Switching Protocols\r\n\r\n"),
                Arguments.of("HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n"),
                Arguments.of("HTTP/0.9", "hello\r\n\r\n"),
                Arguments.of("no blank", "HTTP/1.1200 OK\r\n\r\n"),
                Arguments.of("a request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                Arguments.of("leading CRLF", "\r\nHTTP/1.1 200 OK\r\n\r\n"),
                Arguments.of("NUL in the reason", "HTTP/1.1 200 O\u0000K\r\n\r\n"),
                Arguments.of("bare LF", "HTTP/1.1 200 OK\nX: y\n\n"),
                Arguments.of("bare CR", "HTTP/1.1 200 OK\r\nX: y\rZ: a\r\n\r\n"),
                Arguments.of("obs-fold", "HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n"),
                Arguments.of("space before colon", "HTTP/1.1 200 OK\r\nX : y\r\n\r\n"),
                Arguments.of(
                        "CL.TE",
                        "HTTP/1.1 200 OK\r\n"
                                + "Content-Length: 3\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n"),
                Arguments.of(
                        "CL.CL",
                        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\ncontent-length: 4\r\n\r\n"),
                Arguments.of("CL negative", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
                Arguments.of("CL list", "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\n"),
                Arguments.of("TE gzip", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"),
                Arguments.of(
                        "TE twice",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n"),
                Arguments.of(
                        "129 fields", "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(129) + "\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void refuses(String attack, String head) {
        RefusedException refused =
                catchThrowableOfType(RefusedException.class, () -> parse(Method.GET, head));
        assertThat(refused).as(attack).isNotNull();
        assertThat(refused.refusal().code()).isEqualTo(ErrorCode.BAD_RESPONSE);
        assertThat(refused.refusal().detail()).doesNotContain("request is");
    }

    static Stream<Arguments> framings() {
        String length = "Content-Length: 3\r\n";
        String chunked = "Transfer-Encoding: chunked\r\n";
        BodyFraming three = new BodyFraming.Length(3);
        return Stream.of(
                Arguments.of(Method.GET, "HTTP/1.1 200 OK\r\n" + length, three, true),
                Arguments.of(Method.GET, "HTTP/1.1 200\r\n" + length, three, true),
                Arguments.of(Method.GET, "HTTP/1.1 200 \r\n" + length, three, true),
                Arguments.of(Method.GET, "HTTP/1.1 599 X\r\n" + length, three, true),
                Arguments.of(
                        Method.GET, "HTTP/1.1 200 OK\r\n" + chunked, BodyFraming.CHUNKED, true),
                Arguments.of(Method.GET, "HTTP/1.1 200 OK\r\n", BodyFraming.UNTIL_CLOSE, false),
                Arguments.of(Method.HEAD, "HTTP/1.1 200 OK\r\n" + length, BodyFraming.NONE, true),
                Arguments.of(Method.HEAD, "HTTP/1.1 200 OK\r\n" + chunked, BodyFraming.NONE, true),
                Arguments.of(Method.HEAD, "HTTP/1.1 200 OK\r\n", BodyFraming.NONE, true),
                Arguments.of(Method.GET, "HTTP/1.1 204 X\r\n" + length, BodyFraming.NONE, true),
                Arguments.of(Method.GET, "HTTP/1.1 304 X\r\n" + length, BodyFraming.NONE, true),
                Arguments.of(Method.GET, "HTTP/1.1 100 X\r\n" + length, BodyFraming.NONE, true),
                Arguments.of(Method.GET, "HTTP/1.1 103 X\r\n", BodyFraming.NONE, true),
                Arguments.of(
                        Method.GET,
                        "HTTP/1.1 200 OK\r\nConnection: x, Close\r\n" + length,
                        three,
                        false),
                Arguments.of(Method.GET, "HTTP/1.0 200 OK\r\n" + length, three, false),
                Arguments.of(
                        Method.GET,
                        "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + length,
                        three,
                        true),
                Arguments.of(
                        Method.GET,
                        "HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\n" + length,
                        three,
                        false),
                Arguments.of(
                        Method.GET,
                        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + chunked,
                        BodyFraming.CHUNKED,
                        false));
    }

    @ParameterizedTest
    @MethodSource("framings")
    void knowsWhereTheBodyEndsAndWhetherAnotherMayFollow(
            Method request, String head, BodyFraming framing, boolean keepAlive) {
        ResponseHead parsed = parse(request, head + "\r\n");
        assertThat(parsed.framing()).isEqualTo(framing);
        assertThat(parsed.keepAlive()).isEqualTo(keepAlive);
        assertThat(parsed.informational()).isEqualTo(parsed.status() < 200);
    }
}
