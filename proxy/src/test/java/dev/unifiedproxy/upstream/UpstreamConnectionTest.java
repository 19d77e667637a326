package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.Http1ResponseDecoder;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLException;

/**
 * {@link UpstreamExchange} and {@link UpstreamConnection} without a network, by a hand-driven
 * clock.
 */
final class UpstreamConnectionTest {
    private final AtomicLong ticks = new AtomicLong();
    private final Deadlines deadlines = new Deadlines(ticks::get);
    private final Http1ResponseDecoder decoder = new Http1ResponseDecoder();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Call call = new Call(channel.eventLoop());
    private UpstreamConnection connection;
    private UpstreamExchange exchange;

    @BeforeEach
    void open() throws SSLException {
        exchange = exchange(BodyFraming.NONE);
        connection =
                new UpstreamConnection(
                        new PoolKey(
                                dev.unifiedproxy.host.Authority.parse("a.example", 80),
                                false,
                                "",
                                false),
                        IpAddress.parse("127.0.0.1"),
                        new ConnectionPool(),
                        decoder,
                        deadlines,
                        ClientRig.limits());
        channel.pipeline().addLast(decoder, connection);
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private UpstreamExchange exchange(BodyFraming framing) throws SSLException {
        return new UpstreamExchange(
                ClientRig.request(Method.PUT, "http://a.example/x", framing),
                call,
                call,
                ClientRig.client(ClientRig.systemTls(), deadlines));
    }

    private void start(BodyFraming framing) throws SSLException {
        exchange = exchange(framing);
        call.attach(exchange);
        exchange.connected(connection);
    }

    private void receive(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private String sent() {
        StringBuilder out = new StringBuilder();
        for (ByteBuf piece = channel.readOutbound();
                piece != null;
                piece = channel.readOutbound()) {
            out.append(piece.toString(StandardCharsets.ISO_8859_1));
            piece.release();
        }
        return out.toString();
    }

    private static ByteBuf piece(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private void pass(long seconds) {
        ticks.addAndGet(seconds * 1_000_000_000L);
        connection.check(ticks.get());
    }

    @Test
    void aSlowUploadIsNotASilentServer() throws SSLException {
        start(BodyFraming.CHUNKED);
        for (int i = 0; i < 10; i++) {
            pass(ClientRig.SILENCE.toSeconds() - 1);
            exchange.body(piece("x"));
        }
        assertThat(exchange.isOver()).isFalse();
        exchange.end(Headers.empty());
        pass(ClientRig.SILENCE.toSeconds() + 1);
        assertThat(call.failure().code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void trailersFollowTheLastChunk() throws SSLException {
        start(BodyFraming.CHUNKED);
        exchange.body(piece("abc"));
        exchange.end(Headers.of("digest", "x"));
        exchange.flush();
        assertThat(sent()).endsWith("\r\n\r\n3\r\nabc\r\n0\r\ndigest: x\r\n\r\n");
    }

    @Test
    void aClientThatTakesNoMoreStopsTheReadingOfTheServer() throws SSLException {
        start(BodyFraming.NONE);
        exchange.end(Headers.empty());
        call.setWritable(false);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart");
        assertThat(channel.config().isAutoRead()).isFalse();
        pass(ClientRig.SILENCE.toSeconds() + 1);
        assertThat(exchange.isOver()).as("our pause is not the server's silence").isFalse();
        call.setWritable(true);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void aServerThatTakesNoMoreStopsTheReadingOfTheClient() throws SSLException {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(16, 64));
        start(new BodyFraming.Length(1000));
        exchange.body(piece("x".repeat(200)));
        assertThat(call.isBodyPaused()).isTrue();
        exchange.flush();
        assertThat(call.isBodyPaused()).isFalse();
    }

    @Test
    void bodyBeforeTheConnectionWaitsWithTheClient() throws SSLException {
        UpstreamExchange early =
                new UpstreamExchange(
                        ClientRig.request(
                                Method.PUT, "http://a.example/x", new BodyFraming.Length(3)),
                        call,
                        call,
                        ClientRig.client(ClientRig.systemTls(), deadlines));
        early.body(piece("abc"));
        early.end(Headers.empty());
        assertThat(call.isBodyPaused()).isTrue();
        early.connected(connection);
        assertThat(sent()).endsWith("content-length: 3\r\n\r\nabc");
    }

    @Test
    void aServerThatAnswersAndGoesEndsTheExchangeWell() throws SSLException {
        start(new BodyFraming.Length(1000));
        exchange.body(piece("abc"));
        receive("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
        channel.close();
        assertThat(call.events()).endsWith("completed 3 0").contains("end").doesNotContain("abort");
        ByteBuf unwanted = piece("more");
        exchange.body(unwanted);
        assertThat(unwanted.refCnt()).isZero();
    }

    @Test
    void aHeadWithoutBodyKeepsTheLengthItSpeaksOf() throws SSLException {
        start(BodyFraming.NONE);
        exchange.end(Headers.empty());
        receive("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nConnection: x\r\nX: y\r\n\r\n");
        assertThat(call.receivedHead().headers()).isEqualTo(Headers.of("content-length", "9"));
        assertThat(call.events()).endsWith("completed 0 0");
    }
}
