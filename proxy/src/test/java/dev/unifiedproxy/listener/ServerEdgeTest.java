package dev.unifiedproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.transport.Downstream;

import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The edge with {@link DiscardedBody}, {@link ClientPatience} and {@link ClientResponse}. */
final class ServerEdgeTest {
    private static final String HOST = "Host: a.example\r\n";
    private static final String GET = "GET http://a.example/x HTTP/1.1\r\n" + HOST + "\r\n";
    private static final String HI = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";
    private static final Refusal DENIED = Refusal.of(ErrorCode.HOST_NOT_ALLOWED, "no rule");

    @TempDir private Path directory;
    private EdgeRig rig;

    @BeforeEach
    void open() {
        rig = new EdgeRig(directory, 10);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static String post(int length) {
        return "POST http://a.example/x HTTP/1.1\r\n"
                + HOST
                + "Content-Length: "
                + length
                + "\r\n\r\n";
    }

    private Downstream downstream() {
        return rig.path.downstream.orElseThrow();
    }

    private void respond() {
        downstream().head(new ResponseHead(200, Headers.empty(), new BodyFraming.Length(2), true));
        downstream().body(Unpooled.copiedBuffer("hi", StandardCharsets.US_ASCII));
        downstream().end(Headers.empty());
    }

    @Test
    void aConnectionServesOneExchangeAfterTheOther() {
        for (int i = 0; i < 3; i++) {
            rig.send(GET);
            assertThat(rig.table.exchangesInProgress()).isEqualTo(1);
            respond();
            assertThat(rig.received()).isEqualTo(HI);
            assertThat(rig.table.exchangesInProgress()).isZero();
        }
        assertThat(rig.isOpen()).isTrue();
    }

    @Test
    void aPipelinedRequestIsNotLookedAtBeforeTheResponseToTheFirst() {
        rig.send(GET + "nonsense\r\n\r\n");
        assertThat(rig.path.events).containsExactly("GET http://a.example:80/x", "end");
        respond();
        assertThat(rig.path.events).endsWith("reject http.malformed  ");
        assertThat(rig.received()).startsWith(HI + "HTTP/1.1 400 ");
        assertThat(rig.isOpen()).isFalse();
    }

    @Test
    void connectionCloseClosesAfterTheResponse() {
        rig.send("GET http://a.example/x HTTP/1.1\r\n" + HOST + "Connection: x, Close\r\n\r\n");
        respond();
        assertThat(rig.received()).contains("connection: close\r\n").endsWith("\r\n\r\nhi");
        assertThat(rig.isOpen()).isFalse();
    }

    @Test
    void aRefusalLeavesTheConnectionForTheNextRequest() {
        rig.path.answerWith = Optional.of(DENIED);
        rig.send(GET);
        assertThat(rig.received()).startsWith("HTTP/1.1 403 ").doesNotContain("connection: close");
        assertThat(rig.isOpen()).isTrue();
    }

    @Test
    void aRefusedHeadHasNoBody() {
        rig.path.answerWith = Optional.of(DENIED);
        rig.send("HEAD http://a.example/x HTTP/1.1\r\n" + HOST + "\r\n");
        assertThat(rig.received())
                .startsWith("HTTP/1.1 403 ")
                .containsPattern("content-length: [1-9]")
                .endsWith("\r\n\r\n");
        rig.send(GET);
        assertThat(rig.received()).startsWith("HTTP/1.1 403 ").contains("policy.host_not_allowed");
    }

    @Test
    void aRefusedBodyIsReadAwayAndThenTheConnectionCloses() {
        rig.path.answerWith = Optional.of(DENIED);
        rig.send(post(1000) + "some");
        assertThat(rig.received()).startsWith("HTTP/1.1 403 ").contains("connection: close");
        assertThat(rig.isOpen()).isTrue();
        rig.send("x".repeat(996));
        assertThat(rig.isOpen()).isFalse();
        assertThat(rig.path.events).containsExactly("POST http://a.example:80/x");
    }

    @Test
    void aRefusedBodyIsReadAwayUpToAMebibyte() {
        rig.path.answerWith = Optional.of(DENIED);
        rig.send(post(100_000_000));
        String block = "x".repeat(64 * 1024);
        for (int i = 0; i < 16; i++) {
            rig.send(block);
            assertThat(rig.isOpen()).as("after %d blocks", i + 1).isTrue();
        }
        rig.send("x");
        assertThat(rig.isOpen()).isFalse();
    }

    @Test
    void aRefusedBodyThatDripsIsCutOff() {
        rig.path.answerWith = Optional.of(DENIED);
        rig.send(post(1000));
        for (int i = 0; i < 30; i++) {
            rig.send("x");
            assertThat(rig.isOpen()).as("after %d s", i).isTrue();
            rig.pass(Duration.ofSeconds(1));
        }
        rig.pass(Duration.ofMillis(500));
        assertThat(rig.isOpen()).isFalse();
    }

    @Test
    void aRefusedBodyThatDoesNotComeIsNotWaitedForLong() {
        rig.path.answerWith = Optional.of(DENIED);
        rig.send(post(1000));
        rig.pass(Duration.ofSeconds(2));
        assertThat(rig.isOpen()).isTrue();
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.isOpen()).isFalse();
    }

    @Test
    void aSlowHeadIsAnswered408AndADripOfBytesGainsNothing() {
        for (int i = 0; i < 30; i++) {
            rig.send(GET.substring(i, i + 1));
            rig.pass(Duration.ofSeconds(1));
            assertThat(rig.isOpen()).as("after %d s", i + 1).isTrue();
        }
        rig.pass(Duration.ofMillis(500));
        assertThat(rig.received()).startsWith("HTTP/1.1 408 ").contains("connection: close");
        assertThat(rig.isOpen()).isFalse();
        assertThat(rig.path.events).containsExactly("reject http.request_timeout  ");
    }

    @Test
    void theNextHeadHasItsOwnTime() {
        rig.send(GET);
        respond();
        rig.received();
        rig.pass(Duration.ofSeconds(50));
        rig.send("GET ");
        rig.pass(Duration.ofSeconds(29));
        rig.send("h");
        assertThat(rig.isOpen()).isTrue();
        rig.pass(Duration.ofSeconds(2));
        assertThat(rig.received()).startsWith("HTTP/1.1 408 ");
    }

    @Test
    void anIdleConnectionIsClosedWithoutAWord() {
        rig.send(GET);
        respond();
        rig.received();
        rig.pass(Duration.ofSeconds(60));
        assertThat(rig.isOpen()).isTrue();
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.isOpen()).isFalse();
        assertThat(rig.received()).isEmpty();
    }

    @Test
    void aBodyThatStopsIsAnswered408() {
        rig.send(post(10) + "abc");
        rig.pass(Duration.ofSeconds(61));
        assertThat(rig.path.events).endsWith("failed http.request_timeout");
        assertThat(rig.path.events).filteredOn(event -> event.startsWith("failed")).hasSize(1);
    }

    @Test
    void waitingForTheServerIsNotTheClientsDelay() {
        rig.send(GET);
        rig.pass(Duration.ofSeconds(500));
        assertThat(rig.isOpen()).isTrue();
        respond();
        assertThat(rig.received()).isEqualTo(HI);
    }

    @Test
    void aClientThatGoesIsReportedOnce() {
        rig.send(post(10) + "abc");
        rig.channel.close();
        rig.channel.runPendingTasks();
        assertThat(rig.path.events)
                .containsExactly(
                        "POST http://a.example:80/x", "body abc", "failed http.client_aborted");
        downstream().abort();
        assertThat(rig.table.open()).isZero();
        assertThat(rig.table.exchangesInProgress()).isZero();
    }

    @Test
    void aBodyWithBrokenFramingEndsTheExchange() {
        rig.send(
                "POST http://a.example/x HTTP/1.1\r\n"
                        + HOST
                        + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0x1\r\n");
        assertThat(rig.path.events)
                .containsExactly("POST http://a.example:80/x", "body abc", "failed http.malformed");
    }

    @Test
    void theRestOfABodyFollowsAnEarlyResponse() {
        rig.send(post(6) + "abc");
        respond();
        assertThat(rig.received()).isEqualTo(HI);
        rig.pass(Duration.ofSeconds(10));
        assertThat(rig.isOpen()).as("a server may take its time").isTrue();
        rig.send("def");
        assertThat(rig.path.events).endsWith("body abc", "body def", "end");
        rig.send(GET);
        assertThat(rig.path.events).contains("GET http://a.example:80/x");
    }

    @Test
    void pausingTheBodyStopsTheReading() {
        rig.send(post(10) + "abc");
        downstream().pauseBody();
        assertThat(rig.channel.config().isAutoRead()).isFalse();
        rig.pass(Duration.ofSeconds(61));
        assertThat(rig.path.events).doesNotContain("failed http.request_timeout");
        downstream().resumeBody();
        assertThat(rig.channel.config().isAutoRead()).isTrue();
    }

    @Test
    void theSinkHearsWhenTheClientTakesMore() {
        rig.channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(4, 8));
        rig.send(GET);
        downstream().head(new ResponseHead(200, Headers.empty(), BodyFraming.CHUNKED, true));
        downstream().body(Unpooled.copiedBuffer("x".repeat(100), StandardCharsets.US_ASCII));
        assertThat(downstream().isWritable()).isFalse();
        downstream().flush();
        assertThat(downstream().isWritable()).isTrue();
        assertThat(rig.path.events).endsWith("writable");
    }

    @Test
    void aBodyUntilCloseGoesOutInChunks() {
        rig.send(GET);
        downstream().informational(new ResponseHead(103, Headers.empty(), BodyFraming.NONE, true));
        downstream().head(new ResponseHead(200, Headers.empty(), BodyFraming.UNTIL_CLOSE, false));
        downstream().body(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
        downstream().end(Headers.of("digest", "x"));
        assertThat(rig.received())
                .isEqualTo(
                        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n"
                                + "transfer-encoding: chunked\r\n\r\n"
                                + "5\r\nhello\r\n0\r\ndigest: x\r\n\r\n");
        assertThat(rig.isOpen()).isTrue();
    }

    @Test
    void anAbortedResponseHasNoCleanEnd() {
        rig.send(GET);
        downstream().head(new ResponseHead(200, Headers.empty(), BodyFraming.CHUNKED, true));
        downstream().body(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
        downstream().flush();
        downstream().abort();
        assertThat(rig.isOpen()).isFalse();
        assertThat(rig.received()).endsWith("5\r\nhello\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "GET /x HTTP/1.1|Host: a.example,http.not_a_destination",
        "GET http://a.example/x HTTP/1.1|Host: b.example,http.host_mismatch",
        "GET https://a.example/x HTTP/1.1|Host: a.example,http.malformed",
        "GET http://a.example/x HTTP/1.1|Host: a.exa mple,http.malformed",
        "GET http://a.example/x HTTP/1.1|Host: a.example|Upgrade: h2c,http.upgrade_unsupported",
        "GET http://a.example/x HTTP/1.0|Host: a.example,http.version_unsupported",
        "TRACE http://a.example/x HTTP/1.1|Host: a.example,http.method_unsupported",
        "OPTIONS * HTTP/1.1|Host: a.example,http.not_a_destination"
    })
    void whatIsNoRequestIsRejected(String head, String code) {
        rig.send(head.replace("|", "\r\n") + "\r\n\r\n");
        assertThat(rig.path.events).containsExactly("reject " + code + "  ");
        assertThat(rig.received()).startsWith("HTTP/1.1 ").contains(code);
    }

    @Test
    void drainingClosesIdleConnectionsNowAndBusyOnesAfterwards() {
        rig.send(GET);
        rig.table.drain();
        assertThat(rig.isOpen()).isTrue();
        respond();
        assertThat(rig.received()).contains("connection: close");
        assertThat(rig.isOpen()).isFalse();
    }

    @Test
    void drainingClosesAnIdleConnection() {
        rig.table.drain();
        assertThat(rig.isOpen()).isFalse();
    }

    @Test
    void aConnectionBeyondTheContainersBoundIsToldSo() {
        try (EdgeRig full = new EdgeRig(directory.resolve("full"), 0)) {
            full.send(GET);
            assertThat(full.path.events).contains("too many connections");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Length: 0\r\n"})
    void aRefusedConnectLeavesTheConnectionForAnother(String field) {
        rig.path.answerWith = Optional.of(DENIED);
        rig.send("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n" + field + "\r\n");
        assertThat(rig.received()).startsWith("HTTP/1.1 403 ").doesNotContain("connection: close");
        assertThat(rig.isOpen()).isTrue();
    }

    @Test
    void aConnectOfHttp10ClosesWhenItIsRefused() {
        rig.path.answerWith = Optional.of(DENIED);
        rig.send("CONNECT a.example:443 HTTP/1.0\r\n\r\n");
        assertThat(rig.received()).startsWith("HTTP/1.1 403 ").contains("connection: close");
        assertThat(rig.isOpen()).isFalse();
    }
}
