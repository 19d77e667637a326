package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Method;

import io.netty.handler.ssl.SslProvider;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@link Http2Connection} with its {@link Http2Handler}, {@link Http2Frames}, {@link
 * Http2RequestBlock}, {@link Http2Table} and {@link Http2Stream}s, against a scripted server; each
 * is a {@link ServerLeg} of an exchange.
 */
final class Http2ConnectionTest {
    private static final FrameServer.Script HI =
            stream -> stream.head(false, ":status", "200", "a", "b").data("hi", true);

    @TempDir private Path directory;
    private Certificates trusted;
    private ClientRig rig;

    @BeforeEach
    void open() throws Exception {
        trusted = Certificates.in(directory.resolve("trusted"), InstantSource.system());
        rig =
                new ClientRig(
                        UpstreamTls.trusting(SslProvider.JDK, List.of(trusted.root()), Map.of()));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private FrameServer server(FrameServer.Script script) throws Exception {
        return new FrameServer(trusted.serverFor("a.example"), script);
    }

    private Call start(FrameServer server, Method method, BodyFraming framing) {
        return rig.open(ClientRig.request(method, server.url(), framing));
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"JDK", "OPENSSL"})
    void aServerThatSpeaksHttp2GetsHttp2(SslProvider provider) throws Exception {
        try (FrameServer server = server(HI);
                ClientRig own =
                        new ClientRig(
                                UpstreamTls.trusting(
                                        provider, List.of(trusted.root()), Map.of()))) {
            Call call = own.get(server.url());
            assertThat(call.receivedBody()).isEqualTo("hi");
            assertThat(call.events())
                    .containsExactly(
                            "connected 127.0.0.1",
                            "head 200",
                            "responded 200",
                            "end",
                            "completed 0 2");
            assertThat(own.get(server.url()).receivedBody()).isEqualTo("hi");
            assertThat(server.connections()).isEqualTo(1);
            assertThat(server.seen().getFirst())
                    .contains(
                            ":method: GET", ":scheme: https", ":path: /x", ":authority: a.example")
                    .doesNotContain("host");
        }
    }

    @Test
    void aBurstSharesOneConnection() throws Exception {
        List<FrameServer.Stream> waiting = new ArrayList<>();
        FrameServer.Script whenAllAreThere =
                stream -> {
                    waiting.add(stream);
                    if (waiting.size() == 20) {
                        waiting.forEach(HI::run);
                    }
                };
        try (FrameServer server = server(whenAllAreThere)) {
            List<Call> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Call call = start(server, Method.GET, BodyFraming.NONE);
                call.endBody();
                calls.add(call);
            }
            for (Call call : calls) {
                assertThat(call.awaitEnd().receivedBody()).isEqualTo("hi");
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void interimHeadsAndTrailersPass() throws Exception {
        FrameServer.Script script =
                stream ->
                        stream.head(false, ":status", "103", "link", "x")
                                .head(false, ":status", "200")
                                .data("abc", false)
                                .head(true, "grpc-status", "0");
        try (FrameServer server = server(script)) {
            assertThat(rig.get(server.url()).events())
                    .containsSubsequence("interim 103", "head 200", "end", "completed 0 3");
        }
    }

    @Test
    void aBrokenResponseIsResetAndTheConnectionLivesOn() throws Exception {
        AtomicInteger count = new AtomicInteger();
        FrameServer.Script script =
                stream -> {
                    switch (count.getAndIncrement()) {
                        case 0 -> stream.head(false, ":status", "101");
                        case 1 -> stream.head(false, ":status", "200", "connection", "close");
                        case 2 ->
                                stream.head(false, ":status", "200", "content-length", "1")
                                        .data("hi", false);
                        default -> HI.run(stream);
                    }
                };
        try (FrameServer server = server(script)) {
            for (int i = 0; i < 3; i++) {
                assertThat(rig.get(server.url()).failure().code())
                        .isEqualTo(ErrorCode.BAD_RESPONSE);
            }
            assertThat(rig.get(server.url()).receivedBody()).isEqualTo("hi");
            assertThat(server.connections()).isEqualTo(1);
            assertThat(server.seen()).filteredOn(e -> e.equals("reset 1")).hasSize(3);
        }
    }

    @Test
    void aClientThatGoesCancelsItsStreamOnly() throws Exception {
        AtomicInteger count = new AtomicInteger();
        FrameServer.Script script =
                stream -> {
                    if (count.getAndIncrement() > 0) {
                        HI.run(stream);
                    }
                };
        try (FrameServer server = server(script)) {
            Call call = start(server, Method.GET, BodyFraming.NONE);
            call.endBody();
            await().until(() -> server.seen().size() == 1);
            call.fail(Refusal.of(ErrorCode.CLIENT_ABORTED, "gone"));
            await().until(() -> server.seen().contains("reset 8"));
            assertThat(rig.get(server.url()).receivedBody()).isEqualTo("hi");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void aRefusedStreamIsRepeatedOnceWhateverTheMethod() throws Exception {
        AtomicInteger count = new AtomicInteger();
        FrameServer.Script refuseTheFirst =
                stream -> {
                    if (count.getAndIncrement() == 0) {
                        stream.reset(7);
                    } else {
                        HI.run(stream);
                    }
                };
        try (FrameServer server = server(refuseTheFirst)) {
            Call call = start(server, Method.POST, BodyFraming.NONE);
            call.endBody();
            assertThat(call.awaitEnd().receivedBody()).isEqualTo("hi");
            assertThat(count).hasValue(2);
        }
    }

    @Test
    void aServerThatRefusesEveryStreamIsAskedTwice() throws Exception {
        AtomicInteger count = new AtomicInteger();
        FrameServer.Script refuse =
                stream -> {
                    count.getAndIncrement();
                    stream.reset(7);
                };
        try (FrameServer server = server(refuse)) {
            assertThat(rig.get(server.url()).failure().code()).isEqualTo(ErrorCode.UPSTREAM_CLOSED);
            assertThat(count).hasValue(2);
        }
    }

    @Test
    void anotherResetAndARefusedBodyAreNotRepeated() throws Exception {
        AtomicInteger count = new AtomicInteger();
        FrameServer.Script reset = stream -> stream.reset(count.getAndIncrement() == 0 ? 2 : 7);
        try (FrameServer server = server(reset)) {
            assertThat(rig.get(server.url()).failure().code()).isEqualTo(ErrorCode.UPSTREAM_CLOSED);
            Call post = start(server, Method.POST, BodyFraming.CHUNKED);
            assertThat(post.awaitEnd().failure().code()).isEqualTo(ErrorCode.UPSTREAM_CLOSED);
            assertThat(count).hasValue(2);
        }
    }

    @Test
    void theRestOfABodyFollowsAnEarlyResponse() throws Exception {
        try (FrameServer server = server(HI)) {
            Call post = start(server, Method.POST, BodyFraming.CHUNKED);
            await().until(() -> post.events().contains("end"));
            post.sendBody("rest");
            post.endBody();
            assertThat(post.awaitEnd().events()).endsWith("completed 4 2");
            await().until(() -> server.seen().contains("end"));
            assertThat(server.bodyBytes()).isEqualTo(4);
        }
    }

    /** RFC 9113 section 8.1: the response is whole, the rest of the request is not wanted. */
    @Test
    void anEarlyResponseMayEndTheRequest() throws Exception {
        AtomicInteger count = new AtomicInteger();
        FrameServer.Script early =
                stream -> {
                    HI.run(stream);
                    if (count.getAndIncrement() == 0) {
                        stream.reset(0);
                    }
                };
        try (FrameServer server = server(early)) {
            Call post = start(server, Method.POST, BodyFraming.CHUNKED);
            assertThat(post.awaitEnd().receivedBody()).isEqualTo("hi");
            assertThat(post.events()).contains("end").doesNotContain("abort");
            assertThat(rig.get(server.url()).receivedBody()).isEqualTo("hi");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void aConnectionThatGoesAwayEndsItsStreamsAndTakesNoMore() throws Exception {
        FrameServer.Script last =
                stream -> {
                    stream.goAway(0);
                    HI.run(stream);
                };
        try (FrameServer server = server(last)) {
            assertThat(rig.get(server.url()).receivedBody()).isEqualTo("hi");
            assertThat(rig.get(server.url()).receivedBody()).isEqualTo("hi");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void aConnectionThatIsLostFailsItsExchanges() throws Exception {
        try (FrameServer server = server(stream -> stream.head(false, ":status", "200").close())) {
            Call call = rig.get(server.url());
            assertThat(call.failure().code()).isEqualTo(ErrorCode.UPSTREAM_CLOSED);
            assertThat(call.events()).contains("abort");
        }
    }

    @Test
    void aClientThatReadsNothingStopsTheServerAndLosesNothing() throws Exception {
        int total = 4 * Http2Handler.STREAM_WINDOW;
        FrameServer.Script script =
                stream -> stream.head(false, ":status", "200").data("x".repeat(total), true);
        try (FrameServer server = server(script)) {
            Call call = start(server, Method.GET, BodyFraming.NONE);
            call.setWritable(false);
            call.endBody();
            await().until(() -> call.receivedBody().length() == Http2Handler.STREAM_WINDOW);
            rig.pass(ClientRig.SILENCE.plusSeconds(1));
            call.eventLoop().submit(() -> call.setWritable(true)).syncUninterruptibly();
            assertThat(call.awaitEnd().receivedBody()).hasSize(total);
        }
    }

    @Test
    void aServerThatGrantsNothingStopsTheClient() throws Exception {
        FrameServer.Script silent = stream -> {};
        try (FrameServer server = server(silent)) {
            server.grantNoWindows();
            Call call = start(server, Method.POST, BodyFraming.CHUNKED);
            await().until(() -> server.seen().size() == 1);
            call.sendBody("x".repeat(200_000));
            await().until(() -> server.bodyBytes() == 65_535);
            assertThat(call.isBodyPaused()).isTrue();
            rig.pass(ClientRig.SILENCE.plusSeconds(1));
            assertThat(call.awaitEnd().failure().code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
            await().until(() -> server.seen().contains("reset 8"));
        }
    }
}
