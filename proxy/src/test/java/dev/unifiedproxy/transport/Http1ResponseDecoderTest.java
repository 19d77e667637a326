package dev.unifiedproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.transport.WireTranscript.Outcome;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Http1ResponseDecoderTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private static Outcome get(String bytes) {
        return WireTranscript.responses(bytes, Method.GET, false);
    }

    @Test
    void readsASizedAndAChunkedBody() {
        assertThat(get(OK + "Content-Length: 5\r\n\r\nhello").body()).isEqualTo("hello");
        Outcome chunked = get(OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        assertThat(chunked.body()).isEqualTo("hello");
        assertThat(chunked.all(EndOfBody.class)).hasSize(1);
    }

    @Test
    void interimResponsesGoBeforeTheFinalOne() {
        Outcome outcome =
                get(
                        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
                                + OK
                                + "Content-Length: 2\r\n\r\nhi");
        assertThat(outcome.all(ResponseHead.class).stream().map(ResponseHead::status))
                .containsExactly(100, 103, 200);
        assertThat(outcome.all(EndOfBody.class)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"HEAD,200", "HEAD,404", "GET,204", "GET,304"})
    void aResponseWithoutBodyEndsWithItsHead(Method method, int status) {
        Outcome outcome =
                WireTranscript.responses(
                        "HTTP/1.1 " + status + " X\r\nContent-Length: 5\r\n\r\n", method, false);
        assertThat(outcome.refusal()).isEmpty();
        assertThat(outcome.all(EndOfBody.class)).hasSize(1);
    }

    @Test
    void aBodyUntilCloseEndsWithTheConnection() {
        Outcome open = get(OK + "\r\nall of this");
        assertThat(open.all(EndOfBody.class)).isEmpty();
        Outcome closed = WireTranscript.responses(OK + "\r\nall of this", Method.GET, true);
        assertThat(closed.body()).isEqualTo("all of this");
        assertThat(closed.all(EndOfBody.class)).hasSize(1);
    }

    @Test
    void aSizedBodyThatIsCutHasNoEnd() {
        Outcome cut =
                WireTranscript.responses(OK + "Content-Length: 9\r\n\r\nhello", Method.GET, true);
        assertThat(cut.body()).isEqualTo("hello");
        assertThat(cut.all(EndOfBody.class)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiGET / HTTP/1.1\r\n\r\n"
            })
    void aSecondResponseToOneRequestIsRefused(String bytes) {
        Outcome outcome = get(bytes);
        assertThat(outcome.refusal()).isEqualTo("upstream.bad_response");
        assertThat(outcome.all(ResponseHead.class)).hasSize(1);
    }

    @Test
    void refusesAHeadAboveTheBound() {
        assertThat(get(OK + "X: " + "y".repeat(64 * 1024) + "\r\n\r\n").refusal())
                .isEqualTo("upstream.bad_response");
        assertThat(get(OK + "X: " + "y".repeat(60 * 1024) + "\r\n\r\n").refusal()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"5;x=y\r\nhello\r\n0\r\n\r\n", "5\nhello\n0\n\n", "5\r\nhello!\r\n"})
    void refusesBadChunks(String body) {
        Outcome outcome = get(OK + "Transfer-Encoding: chunked\r\n\r\n" + body);
        assertThat(outcome.refusal()).isEqualTo("upstream.bad_response");
        assertThat(outcome.all(EndOfBody.class)).isEmpty();
    }
}
