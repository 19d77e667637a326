package dev.unifiedproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.transport.Http2HeadReader;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

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
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@link Http2Edge}, made by {@link Http2EdgeBuilder}, with {@link Http2ServerStream} and {@link
 * Http2Frames}, frame by frame; header blocks come through {@link Http2HeadReader}.
 */
final class Http2EdgeTest {
    private static final int PROTOCOL_ERROR = 1;
    private static final int INTERNAL_ERROR = 2;
    private static final int CANCEL = 8;
    private static final int ENHANCE_YOUR_CALM = 11;

    @TempDir private Path directory;
    private Http2Rig rig;

    @BeforeEach
    void open() {
        rig = new Http2Rig(directory);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void streamsAreExchangesSideBySide() {
        rig.get(1);
        rig.get(3);
        assertThat(rig.events())
                .containsExactly(
                        "GET https://a.example:443/x", "end", "GET https://a.example:443/x", "end");
        assertThat(rig.base.table.exchangesInProgress()).isEqualTo(2);
        rig.respond(200, "hello");
        List<String> frames = rig.frames();
        assertThat(frames.getFirst()).startsWith("HEADERS 3 :status=200|content-length=5|");
        assertThat(String.join("\n", frames)).contains("DATA 3 hello").contains(" end");
        assertThat(rig.base.table.exchangesInProgress()).isEqualTo(1);
    }

    /** RFC 9113 section 8.3: Netty's container would have put it in front. */
    @Test
    void aPseudoFieldBehindARegularOneIsMalformed() {
        rig.frame(
                1,
                Http2Rig.END_STREAM | Http2Rig.END_HEADERS,
                1,
                Http2Rig.block(
                        ":method",
                        "GET",
                        ":scheme",
                        "https",
                        ":path",
                        "/x",
                        "accept",
                        "*/*",
                        ":authority",
                        "a.example"));
        assertThat(rig.events()).containsExactly("reject http.malformed a.example:443 sandbox-1");
        List<String> frames = rig.frames();
        assertThat(frames.getFirst()).startsWith("HEADERS 1 :status=400|");
        assertThat(frames.getLast()).isEqualTo("RST 1 " + PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @CsvSource({
        "Accept,*/*",
        "connection,close",
        "te,gzip",
        ":protocol,websocket",
        ":method,GET",
        "transfer-encoding,chunked",
        "content-length,x"
    })
    void aMalformedHeadIsAnsweredRecordedAndReset(String name, String value) {
        rig.frame(
                1,
                Http2Rig.END_STREAM | Http2Rig.END_HEADERS,
                1,
                Http2Rig.head("GET", name, value));
        assertThat(rig.events()).containsExactly("reject http.malformed a.example:443 sandbox-1");
        assertThat(rig.frames()).last().isEqualTo("RST 1 " + PROTOCOL_ERROR);
        rig.get(3);
        assertThat(rig.events()).contains("GET https://a.example:443/x");
    }

    @Test
    void anotherAuthorityIsMisdirected() {
        rig.frame(
                1,
                Http2Rig.END_STREAM | Http2Rig.END_HEADERS,
                1,
                Http2Rig.block(
                        ":method",
                        "GET",
                        ":scheme",
                        "https",
                        ":path",
                        "/x",
                        ":authority",
                        "b.example"));
        assertThat(rig.events()).containsExactly("reject http.misdirected a.example:443 sandbox-1");
        assertThat(rig.frames().getFirst()).startsWith("HEADERS 1 :status=421|");
    }

    @Test
    void aBodyIsCreditedOnlyWhenItWasTaken() {
        rig.post(1);
        rig.base.path.downstream.orElseThrow().pauseBody();
        for (int i = 0; i < 16; i++) {
            rig.frame(0, 0, 1, new byte[16 * 1024]);
        }
        assertThat(rig.frames()).noneMatch(frame -> frame.startsWith("WINDOW 1 "));
        rig.base.path.downstream.orElseThrow().resumeBody();
        assertThat(rig.frames()).contains("WINDOW 1 " + 256 * 1024);
    }

    @ParameterizedTest
    @CsvSource({"5,1,true", "5,0,true", "3,1,true", "3,0,false", "4,0,false", "4,1,false"})
    void dataMustBeAsLongAsContentLength(int sent, int flags, boolean contradicts) {
        rig.post(1, "content-length", "4");
        rig.frame(0, flags, 1, new byte[sent]);
        assertThat(rig.events().contains("failed http.malformed")).isEqualTo(contradicts);
        assertThat(rig.frames().contains("RST 1 " + PROTOCOL_ERROR)).isEqualTo(contradicts);
    }

    /** RFC 9113 section 8.1.1: trailers end a body as END_STREAM on DATA does. */
    @ParameterizedTest
    @CsvSource({"3,true", "4,false"})
    void trailersDoNotMakeUpForMissingData(int sent, boolean contradicts) {
        rig.post(1, "content-length", "4");
        rig.frame(0, 0, 1, new byte[sent]);
        rig.frame(1, 5, 1, Http2Rig.block("x-checksum", "1"));
        assertThat(rig.events().contains("failed http.malformed")).isEqualTo(contradicts);
        assertThat(rig.events().contains("end")).isNotEqualTo(contradicts);
    }

    @Test
    void trailersEndTheRequest() {
        rig.post(1);
        rig.frame(1, 5, 1, Http2Rig.block("x-checksum", "1"));
        assertThat(rig.events()).last().isEqualTo("end");
    }

    @Test
    void forbiddenTrailersBreakItOff() {
        rig.post(1);
        rig.frame(1, 5, 1, Http2Rig.block("authorization", "x"));
        assertThat(rig.events()).last().isEqualTo("failed http.malformed");
        assertThat(rig.frames()).last().isEqualTo("RST 1 " + PROTOCOL_ERROR);
    }

    @Test
    void trailersThatAreTooLargeEndTheirOwnExchange() {
        rig.post(1);
        rig.frame(1, 1, 1, Http2Rig.block("x-a", "a".repeat(16_000)));
        rig.frame(9, 0, 1, Http2Rig.block("x-b", "b".repeat(16_000)));
        rig.frame(9, 4, 1, Http2Rig.block("x-c", "c".repeat(2_000)));
        assertThat(rig.events())
                .contains("failed http.head_too_large")
                .noneMatch(event -> event.startsWith("reject"));
    }

    @Test
    void aHeadThatIsTooLargeIsAnswered431() {
        rig.frame(1, 1, 1, Http2Rig.head("GET", "x-a", "a".repeat(16_000)));
        rig.frame(9, 0, 1, Http2Rig.block("x-b", "b".repeat(16_000)));
        rig.frame(9, 4, 1, Http2Rig.block("x-c", "c".repeat(2_000)));
        assertThat(rig.events())
                .containsExactly("reject http.head_too_large a.example:443 sandbox-1");
        assertThat(rig.frames().getFirst()).startsWith("HEADERS 1 :status=431|");
        assertThat(rig.channel.isOpen()).isTrue();
    }

    @Test
    void aResetOfTheClientIsToldAtOnce() {
        rig.post(1);
        rig.frame(3, 0, 1, new byte[] {0, 0, 0, CANCEL});
        assertThat(rig.events()).last().isEqualTo("failed http.client_aborted");
    }

    @Test
    void aDisconnectIsToldToEveryStream() {
        rig.post(1);
        rig.get(3);
        rig.channel.close();
        rig.channel.runPendingTasks();
        assertThat(rig.events().stream().filter("failed http.client_aborted"::equals)).hasSize(2);
        assertThat(rig.base.table.exchangesInProgress()).isZero();
    }

    @Test
    void anAbortIsAnInternalErrorOfTheStream() {
        rig.get(1);
        rig.base.path.downstream.orElseThrow().abort();
        assertThat(rig.frames()).last().isEqualTo("RST 1 " + INTERNAL_ERROR);
    }

    @Test
    void drainingSaysGoAwayAndClosesAfterTheLastStream() {
        rig.get(1);
        rig.base.table.drain();
        assertThat(rig.frames()).contains("GOAWAY 0");
        assertThat(rig.channel.isOpen()).isTrue();
        rig.respond(200, "x");
        rig.channel.runPendingTasks();
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 6, 8, 0x42})
    void aFloodOfFramesThatCarryNothingEndsTheConnection(int type) {
        byte[] payload =
                switch (type) {
                    case 2 -> new byte[] {0, 0, 0, 0, 1};
                    case 6, 0x42 -> new byte[8];
                    case 8 -> new byte[] {0, 0, 0, 1};
                    default -> new byte[0];
                };
        int stream = type == 2 ? 1 : 0;
        for (int i = 0; i < 390; i++) {
            rig.frame(type, 0, stream, payload);
        }
        assertThat(rig.frames()).noneMatch(frame -> frame.startsWith("GOAWAY"));
        for (int i = 0; i < 20 && rig.channel.isOpen(); i++) {
            rig.frame(type, 0, stream, payload);
        }
        assertThat(rig.frames()).contains("GOAWAY " + ENHANCE_YOUR_CALM);
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @Test
    void rapidResetsEndTheConnection() {
        for (int i = 0; i < 200; i++) {
            rig.get(2 * i + 1);
            rig.frame(3, 0, 2 * i + 1, new byte[] {0, 0, 0, CANCEL});
        }
        assertThat(rig.channel.isOpen()).isTrue();
        rig.get(401);
        rig.frame(3, 0, 401, new byte[] {0, 0, 0, CANCEL});
        assertThat(rig.frames()).contains("GOAWAY " + ENHANCE_YOUR_CALM);
        assertThat(rig.channel.isOpen()).isFalse();
    }

    /** The bounds are those of a connection: whoever came back at once would have them anew. */
    @Test
    void whoFloodsAConnectionGetsNoNewOneForAWhile() {
        EmbeddedChannel open = new EmbeddedChannel();
        EmbeddedChannel next = new EmbeddedChannel();
        assertThat(rig.base.table.bind("sandbox-1", open)).isTrue();
        for (int i = 0; i <= 200; i++) {
            rig.get(2 * i + 1);
            rig.frame(3, 0, 2 * i + 1, new byte[] {0, 0, 0, CANCEL});
        }
        assertThat(rig.channel.isOpen()).isFalse();
        assertThat(rig.base.table.bind("sandbox-1", open)).as("one that it has").isTrue();
        assertThat(rig.base.table.bind("sandbox-1", next)).as("a new one").isFalse();
        assertThat(rig.base.table.bind("sandbox-2", next)).as("another's").isTrue();
        rig.channel.advanceTimeBy(10, TimeUnit.SECONDS);
        rig.channel.runScheduledPendingTasks();
        assertThat(rig.base.table.bind("sandbox-1", next)).as("ten seconds later").isTrue();
        open.finishAndReleaseAll();
        next.finishAndReleaseAll();
    }

    @Test
    void emptyDataEndsTheConnection() {
        rig.post(1);
        for (int i = 0; i < 8; i++) {
            rig.frame(0, 0, 1, new byte[0]);
        }
        assertThat(rig.channel.isOpen()).isTrue();
        rig.frame(0, 0, 1, new byte[0]);
        assertThat(rig.frames()).contains("GOAWAY " + ENHANCE_YOUR_CALM);
        assertThat(rig.events()).contains("failed http.client_aborted");
    }

    @Test
    void smallContinuationsEndTheConnection() {
        rig.frame(1, 1, 1, Http2Rig.head("GET"));
        for (int i = 0; i < 20 && rig.channel.isOpen(); i++) {
            rig.frame(9, 0, 1, new byte[0]);
        }
        assertThat(rig.frames()).contains("GOAWAY " + ENHANCE_YOUR_CALM);
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @Test
    void moreStreamsThanAgreedAreRefused() {
        for (int i = 0; i < 128; i++) {
            rig.get(2 * i + 1);
        }
        assertThat(rig.frames()).noneMatch(frame -> frame.startsWith("RST"));
        rig.get(257);
        assertThat(rig.frames()).contains("RST 257 7");
        assertThat(rig.base.table.exchangesInProgress()).isEqualTo(128);
    }

    @Test
    void aHeadThatDribblesIsNotWaitedFor() {
        rig.get(1);
        rig.frame(1, 1, 3, Http2Rig.head("GET"));
        rig.frame(9, 0, 3, Http2Rig.block("x-a", "1"));
        rig.pass(Duration.ofSeconds(29));
        rig.frame(9, 0, 3, Http2Rig.block("x-b", "2"));
        assertThat(rig.channel.isOpen()).isTrue();
        rig.pass(Duration.ofSeconds(2));
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @Test
    void aBodyThatStopsIsNotWaitedFor() {
        rig.post(1);
        rig.frame(0, 0, 1, new byte[3]);
        rig.pass(Duration.ofSeconds(59));
        assertThat(rig.events()).doesNotContain("failed http.request_timeout");
        rig.pass(Duration.ofSeconds(2));
        assertThat(rig.events()).contains("failed http.request_timeout");
    }

    @Test
    void aClientThatTakesNothingIsResetInTime() {
        rig.frame(4, 0, 0, new byte[] {0, 4, 0, 0, 0, 0}); // INITIAL_WINDOW_SIZE 0
        rig.get(1);
        rig.respond(200, "hello");
        rig.pass(Duration.ofSeconds(59));
        assertThat(rig.frames()).noneMatch(frame -> frame.startsWith("RST"));
        rig.pass(Duration.ofSeconds(2));
        assertThat(rig.frames()).contains("RST 1 " + CANCEL);
    }

    @Test
    void anIdleConnectionIsClosed() {
        rig.pass(Duration.ofSeconds(61));
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @Test
    void anythingButThePrefaceEndsTheConnection() {
        rig.write(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII));
        assertThat(rig.channel.isOpen()).isFalse();
    }
}
