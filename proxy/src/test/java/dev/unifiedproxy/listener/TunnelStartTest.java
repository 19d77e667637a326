package dev.unifiedproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.ResponseHead;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** {@link TunnelStart}: what may follow an admitted CONNECT, by each {@link Door}. */
final class TunnelStartTest {
    private static final String ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

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

    private static String connect(int port) {
        return "CONNECT a.example:" + port + " HTTP/1.1\r\nHost: a.example:" + port + "\r\n\r\n";
    }

    private static String get(String host) {
        return "GET /x HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    }

    private void respond() {
        var to = rig.path.downstream.orElseThrow();
        to.head(new ResponseHead(204, Headers.empty(), BodyFraming.NONE, true));
        to.end(Headers.empty());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTunnelToPort80CarriesPlainRequests(boolean together) {
        if (together) {
            rig.send(connect(80) + get("a.example"));
        } else {
            rig.send(connect(80));
            assertThat(rig.received()).isEqualTo(ESTABLISHED);
            rig.send(get("a.example"));
        }
        assertThat(rig.path.events)
                .containsExactly(
                        "CONNECT a.example:80", "established", "GET http://a.example:80/x", "end");
        respond();
        rig.send(get("a.example"));
        assertThat(rig.path.events).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"b.example", "a.example:81", "a.example.evil.example"})
    void aPlainRequestToAnotherHostIsMisdirected(String host) {
        rig.send(connect(80) + get(host));
        assertThat(rig.path.events)
                .endsWith("established", "reject http.misdirected a.example:80 sandbox-1");
        assertThat(rig.received()).contains("HTTP/1.1 421 ");
    }

    @Test
    void aConnectInsideATunnelIsRefused() {
        rig.send(connect(80) + connect(443));
        assertThat(rig.path.events).last().asString().startsWith("reject http.method_unsupported");
    }

    @Test
    void theHttp2PrefaceInsideATunnelIsRefused() {
        rig.send(connect(80) + "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        assertThat(rig.path.events).last().asString().startsWith("reject http.method_unsupported");
        assertThat(rig.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SSH-2.0-x\r\n", "GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n", "\u0000"})
    void garbageInATunnelToPort443EndsItOnce(String garbage) {
        rig.send(connect(443) + garbage);
        assertThat(rig.received()).isEqualTo(ESTABLISHED);
        assertThat(rig.path.events).containsExactly("CONNECT a.example:443", "broken tls.required");
        assertThat(rig.isOpen()).isFalse();
    }

    @Test
    void aClientThatGoesBeforeTlsBreaksTheTunnelOnce() {
        rig.send(connect(443));
        rig.channel.close();
        rig.channel.runPendingTasks();
        assertThat(rig.path.events)
                .containsExactly("CONNECT a.example:443", "broken http.client_aborted");
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 443})
    void aTunnelInWhichNothingComesIsClosedInTime(int port) {
        rig.send(connect(port));
        rig.pass(Duration.ofSeconds(29));
        assertThat(rig.isOpen()).isTrue();
        rig.channel.advanceTimeBy(30, java.util.concurrent.TimeUnit.SECONDS);
        rig.pass(Duration.ofSeconds(2));
        assertThat(rig.isOpen()).isFalse();
        assertThat(rig.path.events).hasSize(2).last().asString().startsWith("broken ");
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 443})
    void tlsIsEndedAndTheRequestsInsideAreRead(int port) throws Exception {
        SslContext trusting =
                SslContextBuilder.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .build();
        SslHandler handler = trusting.newHandler(rig.channel.alloc(), "a.example", port);
        EmbeddedChannel client = new EmbeddedChannel();
        rig.send(connect(port));
        assertThat(rig.received()).isEqualTo(ESTABLISHED);
        client.pipeline().addLast(handler);
        exchangeUntil(client, handler);
        assertThat(rig.path.events).containsExactly("CONNECT a.example:" + port, "established");
        String host = port == 443 ? "a.example" : "a.example:80";
        client.writeOutbound(Unpooled.copiedBuffer(get(host), StandardCharsets.US_ASCII));
        shuttle(client);
        assertThat(rig.path.events).contains("GET https://a.example:" + port + "/x");
        respond();
        shuttle(client);
        ByteBuf plain = client.readInbound();
        assertThat(plain.toString(StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 204 ");
        plain.release();
        client.finishAndReleaseAll();
    }

    private void exchangeUntil(EmbeddedChannel client, SslHandler handler) {
        for (int i = 0; i < 50 && !handler.handshakeFuture().isDone(); i++) {
            shuttle(client);
        }
        shuttle(client);
        assertThat(handler.handshakeFuture().isSuccess()).isTrue();
    }

    private void shuttle(EmbeddedChannel client) {
        client.runPendingTasks();
        for (ByteBuf out = client.readOutbound(); out != null; out = client.readOutbound()) {
            rig.channel.writeInbound(out);
        }
        rig.channel.runPendingTasks();
        for (ByteBuf out = rig.channel.readOutbound();
                out != null;
                out = rig.channel.readOutbound()) {
            client.writeInbound(out);
        }
    }
}
