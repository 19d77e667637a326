package dev.unifiedproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.transport.WireTranscript.Outcome;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequestDecoder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** What {@link Http1Decoder} makes of requests. */
final class Http1RequestDecoderTest {
    private static final String HOST = "Host: a.example\r\n";
    private static final String GET = "GET /x HTTP/1.1\r\n" + HOST + "\r\n";
    private static final String CHUNKED =
            "POST /x HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n";

    private static String sized(String body) {
        return "POST /x HTTP/1.1\r\n"
                + HOST
                + "Content-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    static Stream<Arguments> badChunks() {
        return Stream.of(
                Arguments.of("0x prefix", "0x5\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("plus sign", "+5\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("negative", "-5\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("blank before", " 5\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("blank behind", "5 \r\nhello\r\n0\r\n\r\n"),
                Arguments.of("tab behind", "5\t\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("extension", "5;a=b\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("extension without value", "5;a\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("quoted extension", "5;a=\"\r\nx\"\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("extension on the last chunk", "5\r\nhello\r\n0;a=b\r\n\r\n"),
                Arguments.of("LF behind the size", "5\nhello\r\n0\r\n\r\n"),
                Arguments.of("LF behind the data", "5\r\nhello\n0\r\n\r\n"),
                Arguments.of("CR alone behind the data", "5\r\nhello\r0\r\n\r\n"),
                Arguments.of("CR CR LF behind the size", "5\r\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("16 digits", "0000000000000005\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("overflow", "10000000000000005\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("no size", "\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("no digit", "g\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("digit outside ASCII", "\u00b2\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("more data than announced", "4\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("less data than announced", "6\r\nhello\r\n0\r\n\r\n"),
                Arguments.of("forbidden trailer", "0\r\nContent-Length: 3\r\n\r\n"),
                Arguments.of("folded trailer", "0\r\nX: y\r\n z\r\n\r\n"),
                Arguments.of("LF in a trailer", "0\r\nX: y\n\r\n"),
                Arguments.of("LF at the end", "0\r\n\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badChunks")
    void refusesTheChunk(String attack, String body) {
        Outcome outcome = WireTranscript.requests(CHUNKED + body + GET);
        assertThat(outcome.refusal()).as(attack).isEqualTo("http.malformed");
        assertThat(outcome.all(EndOfBody.class)).as("a clean end").isEmpty();
        assertThat(outcome.all(RequestHead.class)).as("a smuggled request").hasSize(1);
    }

    static Stream<Arguments> goodBodies() {
        return Stream.of(
                Arguments.of(sized("hello"), "hello"),
                Arguments.of(sized("\u00ff\u0000\r\n\r\n"), "\u00ff\u0000\r\n\r\n"),
                Arguments.of(CHUNKED + "0\r\n\r\n", ""),
                Arguments.of(CHUNKED + "5\r\nhello\r\n0\r\n\r\n", "hello"),
                Arguments.of(CHUNKED + "A\r\nhello\r\nyou\r\n0\r\n\r\n", "hello\r\nyou"),
                Arguments.of(CHUNKED + "a\r\nhello\r\nyou\r\n000\r\n\r\n", "hello\r\nyou"),
                Arguments.of(CHUNKED + "000000000000005\r\nhello\r\n0\r\n\r\n", "hello"),
                Arguments.of(CHUNKED + "1\r\nh\r\n4\r\nello\r\n0\r\nX: y\r\n\r\n", "hello"));
    }

    @ParameterizedTest
    @MethodSource("goodBodies")
    void readsTheBodyThatNettyReads(String bytes, String body) {
        Outcome outcome = WireTranscript.requests(bytes);
        assertThat(outcome.refusal()).isEmpty();
        assertThat(outcome.body()).isEqualTo(body);
        assertThat(outcome.all(EndOfBody.class)).hasSize(1);

        EmbeddedChannel netty = new EmbeddedChannel(new HttpRequestDecoder());
        netty.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
        StringBuilder theirs = new StringBuilder();
        for (Object message = netty.readInbound(); message != null; message = netty.readInbound()) {
            if (message instanceof HttpContent content) {
                theirs.append(content.content().toString(StandardCharsets.ISO_8859_1));
                content.release();
            }
        }
        netty.finishAndReleaseAll();
        assertThat(theirs).hasToString(body);
    }

    @Test
    void handsTrailersOn() {
        assertThat(
                        WireTranscript.requests(CHUNKED + "0\r\nX: y\r\nZ: \r\n\r\n")
                                .all(EndOfBody.class))
                .containsExactly(new EndOfBody(Headers.of("X", "y", "Z", "")));
    }

    @Test
    void readsRequestsOneAfterTheOther() {
        Outcome outcome =
                WireTranscript.requests(
                        GET + sized("one") + CHUNKED + "3\r\ntwo\r\n0\r\n\r\n" + sized("") + GET);
        assertThat(outcome.refusal()).isEmpty();
        assertThat(outcome.all(RequestHead.class)).hasSize(5);
        assertThat(outcome.body()).isEqualTo("onetwo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/0.9", "\r\n", "GET /y HTTP/1.1\nHost: a\n\n"})
    void whatFollowsACompleteRequestIsNotLookedAtBeforeItsTurn(String behind) {
        Outcome outcome = WireTranscript.firstRequest(GET + behind);
        assertThat(outcome.refusal()).isEmpty();
        assertThat(outcome.all(RequestHead.class)).hasSize(1);
        assertThat(outcome.body()).as("what is left for the tunnel").isEqualTo(behind);
    }

    @Test
    void theBytesBehindAConnectGoToWhoeverTakesTheDecodersPlace() {
        String tls = "\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0000";
        Outcome outcome =
                WireTranscript.firstRequest(
                        "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n" + tls);
        assertThat(outcome.refusal()).isEmpty();
        assertThat(outcome.body()).isEqualTo(tls);
    }

    @Test
    void pipelinedBytesStopTheReading() {
        Http1RequestDecoder decoder = new Http1RequestDecoder();
        EmbeddedChannel channel = new EmbeddedChannel(decoder);
        channel.writeInbound(ascii(GET));
        assertThat(channel.config().isAutoRead()).isTrue();
        channel.writeInbound(ascii("GET /second"));
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(channel.inboundMessages()).hasSize(2);
        decoder.next();
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(decoder.headInProgress()).isTrue();
        channel.writeInbound(ascii(" HTTP/1.1\r\n" + HOST + "\r\n"));
        assertThat(channel.inboundMessages()).hasSize(4);
        channel.finish();
    }

    @ParameterizedTest
    @ValueSource(ints = {32 * 1024 + 1, 40_000, 100_000})
    void refusesAHeadAboveTheBound(int size) {
        String start = "GET /x HTTP/1.1\r\n" + HOST + "X: ";
        String head = start + "y".repeat(size - start.length() - 4) + "\r\n\r\n";
        assertThat(WireTranscript.requests(head).refusal()).isEqualTo("http.head_too_large");
    }

    @Test
    void takesAHeadAtTheBound() {
        String start = "GET /x HTTP/1.1\r\n" + HOST + "X: ";
        String head = start + "y".repeat(32 * 1024 - start.length() - 4) + "\r\n\r\n";
        Outcome outcome = WireTranscript.requests(head);
        assertThat(outcome.refusal()).isEmpty();
        assertThat(outcome.all(RequestHead.class)).hasSize(1);
    }

    @Test
    void refusesTrailersAboveTheBound() {
        String trailers = "0\r\nX: " + "y".repeat(8 * 1024) + "\r\n\r\n";
        assertThat(WireTranscript.requests(CHUNKED + trailers).refusal())
                .isEqualTo("http.head_too_large");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\nGET /x HTTP/1.1\r\nHost: a.example\r\n\r\n",
                "GET /x HTTP/1.1\nHost: a.example\r\n\r\n",
                "GET /x HTTP/1.1\r\nHost: a.example\n\r\n",
                "GET /x HTTP/1.1\r\nX : y\r\nHost: a.example\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            })
    void refusesABadHeadAndAllBehindIt(String head) {
        Outcome outcome = WireTranscript.requests(head + GET);
        assertThat(outcome.refusal()).isEqualTo("http.malformed");
        assertThat(outcome.messages()).isEmpty();
    }

    @Test
    void refusesTheHttp2Preface() {
        assertThat(WireTranscript.requests("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").refusal())
                .isEqualTo("http.method_unsupported");
    }

    @Test
    void aBodyOfAGigabyteIsCountedNotKept() {
        EmbeddedChannel channel = new EmbeddedChannel(new Http1RequestDecoder());
        channel.writeInbound(
                ascii("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1073741824\r\n\r\n"));
        channel.readInbound();
        ByteBuf block = Unpooled.buffer(1 << 20).writeZero(1 << 20);
        for (int i = 0; i < 1024; i++) {
            channel.writeInbound(block.retainedDuplicate());
            ByteBuf piece = channel.readInbound();
            assertThat(piece.readableBytes()).isEqualTo(1 << 20);
            piece.release();
        }
        EndOfBody end = channel.readInbound();
        assertThat(end).isEqualTo(EndOfBody.WITHOUT_TRAILERS);
        block.release();
        channel.finish();
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
