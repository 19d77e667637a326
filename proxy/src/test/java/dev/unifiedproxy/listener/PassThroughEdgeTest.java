package dev.unifiedproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.RefusalRenderer;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.transport.Downstream;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** {@link PassThroughEdge}: the client's side of a tunnel that is passed through. */
final class PassThroughEdgeTest {
    private static final String CONNECT =
            "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n";
    private static final String ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

    @TempDir private Path directory;
    private EdgeRig rig;

    /** Lengths are put together here, so that the name may be any. */
    private static String hello(String name) {
        String serverName = two(name.length() + 3) + "\u0000" + two(name.length()) + name;
        String extension = "\u0000\u0000" + two(serverName.length()) + serverName;
        String body =
                "\u0003\u0003"
                        + "\u0000".repeat(33)
                        + "\u0000\u0002\u0013\u0001\u0001\u0000"
                        + two(extension.length())
                        + extension;
        String message = "\u0001\u0000" + two(body.length()) + body;
        return "\u0016\u0003\u0001" + two(message.length()) + message;
    }

    private static String two(int length) {
        return "" + (char) (length >>> 8) + (char) (length & 0xff);
    }

    @BeforeEach
    void open() {
        rig = new EdgeRig(directory, 10);
        rig.path.passThrough = true;
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private Downstream splice() {
        rig.send(CONNECT + hello("a.example"));
        assertThat(rig.received()).isEqualTo(ESTABLISHED);
        assertThat(rig.path.events)
                .containsExactly("CONNECT a.example:443", "splice", "body " + hello("a.example"));
        return rig.path.downstream.orElseThrow();
    }

    @Test
    void bytesGoBothWaysAsTheyAre() {
        Downstream client = splice();
        rig.send("GET / HTTP/1.1\r\n\r\n");
        assertThat(rig.path.events).last().isEqualTo("body GET / HTTP/1.1\r\n\r\n");
        client.body(Unpooled.copiedBuffer("server hello", StandardCharsets.US_ASCII));
        client.flush();
        assertThat(rig.received()).isEqualTo("server hello");
        assertThat(rig.table.exchangesInProgress()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"b.example", "xa.example", "a.example.evil.example"})
    void anotherNameBreaksTheTunnelOnce(String name) {
        rig.send(CONNECT + hello(name));
        assertThat(rig.path.events)
                .containsExactly("CONNECT a.example:443", "broken tls.sni_mismatch");
        assertThat(rig.isOpen()).isFalse();
    }

    @Test
    void whatIsNotTlsBreaksTheTunnelOnce() {
        rig.send(CONNECT + "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        assertThat(rig.path.events).containsExactly("CONNECT a.example:443", "broken tls.required");
    }

    @Test
    void aClientThatGoesBeforeItsHelloBreaksTheTunnelOnce() {
        rig.send(CONNECT);
        rig.channel.close();
        rig.channel.runPendingTasks();
        assertThat(rig.path.events)
                .containsExactly("CONNECT a.example:443", "broken http.client_aborted");
    }

    @Test
    void halfOfACloseIsPassedOn() {
        Downstream client = splice();
        assertThat(rig.channel.config().getOption(ChannelOption.AUTO_READ)).isTrue();
        rig.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(rig.path.events).last().isEqualTo("end");
        client.body(Unpooled.copiedBuffer("late", StandardCharsets.US_ASCII));
        client.end(Headers.empty());
        assertThat(rig.received()).isEqualTo("late");
        assertThat(rig.isOpen()).isTrue();
    }

    @Test
    void aClientThatGoesIsReported() {
        splice();
        rig.channel.close();
        rig.channel.runPendingTasks();
        assertThat(rig.path.events).last().isEqualTo("failed http.client_aborted");
        assertThat(rig.table.exchangesInProgress()).isZero();
    }

    @Test
    void aTunnelInWhichNothingMovesIsClosed() {
        Downstream client = splice();
        rig.pass(EdgeRig.LIMITS.idle().minusSeconds(1));
        client.body(Unpooled.copiedBuffer("x", StandardCharsets.US_ASCII));
        rig.pass(EdgeRig.LIMITS.idle().minusSeconds(1));
        assertThat(rig.isOpen()).isTrue();
        rig.pass(Duration.ofSeconds(2));
        assertThat(rig.path.events).contains("failed http.request_timeout");
        assertThat(rig.isOpen()).isFalse();
    }

    @Test
    void readingStopsAndGoesOn() {
        Downstream client = splice();
        client.pauseBody();
        assertThat(rig.channel.config().isAutoRead()).isFalse();
        client.resumeBody();
        assertThat(rig.channel.config().isAutoRead()).isTrue();
        assertThat(client.isWritable()).isTrue();
        rig.channel.pipeline().fireChannelWritabilityChanged();
        assertThat(rig.path.events).last().isEqualTo("writable");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStopClosesWhatHasNotBegun(boolean begun) {
        if (begun) {
            splice();
        } else {
            rig.send(CONNECT);
        }
        rig.table.drain();
        assertThat(rig.isOpen()).isEqualTo(begun);
    }

    @Test
    void nothingOfOursIsSaidInside() {
        Downstream client = splice();
        ResponseHead head = new ResponseHead(200, Headers.empty(), BodyFraming.NONE, true);
        assertThatIllegalStateException().isThrownBy(() -> client.head(head));
        assertThatIllegalStateException().isThrownBy(() -> client.informational(head));
        client.answer(
                RefusalRenderer.render(
                        Refusal.of(ErrorCode.INTERNAL, "x"), "r-9", Headers.empty()));
        assertThat(rig.isOpen()).isFalse();
        assertThat(rig.received()).isEmpty();
    }
}
