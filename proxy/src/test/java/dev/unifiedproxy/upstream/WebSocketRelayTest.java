package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.Http1ResponseDecoder;
import dev.unifiedproxy.transport.WebSocketKey;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** {@link WebSocketRelay} in its exchange, without a network. */
final class WebSocketRelayTest {
    private final AtomicLong ticks = new AtomicLong();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Call call = new Call(channel.eventLoop());
    private UpstreamExchange exchange;
    private UpstreamConnection connection;

    @BeforeEach
    void open() {
        Deadlines deadlines = new Deadlines(ticks::get);
        exchange =
                new UpstreamExchange(
                        ClientRig.request(Method.GET, "http://a.example/x", BodyFraming.WEB_SOCKET),
                        call,
                        call,
                        ClientRig.client(ClientRig.systemTls(), deadlines));
        Http1ResponseDecoder decoder = new Http1ResponseDecoder();
        connection =
                new UpstreamConnection(
                        new PoolKey(Authority.parse("a.example", 80), false, "", true),
                        IpAddress.parse("127.0.0.1"),
                        new ConnectionPool(),
                        decoder,
                        deadlines,
                        ClientRig.limits());
        channel.pipeline().addLast(decoder, connection);
        call.attach(exchange);
        exchange.connected(connection);
        String head = new String(HexFormat.of().parseHex(sent()), StandardCharsets.US_ASCII);
        assertThat(head).contains("\r\nconnection: Upgrade\r\nupgrade: websocket\r\n");
        String key = head.replaceAll("(?s).*sec-websocket-key: ([^\r]*)\r\n.*", "$1");
        text(
                "HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Accept: "
                        + new WebSocketKey(key).accept()
                        + "\r\n\r\n");
        assertThat(call.receivedHead().opensWebSocket()).isTrue();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void text(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
    }

    private void fromServer(String hex) {
        channel.writeInbound(bytes(hex));
    }

    private void fromClient(String hex) {
        exchange.body(bytes(hex));
        exchange.flush();
    }

    private String sent() {
        StringBuilder out = new StringBuilder();
        for (ByteBuf piece = channel.readOutbound();
                piece != null;
                piece = channel.readOutbound()) {
            out.append(ByteBufUtil.hexDump(piece));
            piece.release();
        }
        return out.toString();
    }

    /** The status code of a Close in clear, at the end of what the client got. */
    private int codeToClient() {
        byte[] all = call.receivedBody().getBytes(StandardCharsets.ISO_8859_1);
        int at = call.receivedBody().lastIndexOf('\u0088');
        return (all[at + 2] & 0xff) << 8 | (all[at + 3] & 0xff);
    }

    /** The status code of the masked Close that a server got. */
    private static int code(String hex) {
        byte[] frame = HexFormat.of().parseHex(hex);
        assertThat(frame[0] & 0xff).isEqualTo(0x88);
        return ((frame[6] ^ frame[2]) & 0xff) << 8 | ((frame[7] ^ frame[3]) & 0xff);
    }

    @ParameterizedTest
    @CsvSource({
        "UNKNOWN_CONTAINER,1008",
        "STOPPING,1001",
        "UPSTREAM_TIMEOUT,1001",
        "UPSTREAM_CLOSED,1014",
        "BAD_RESPONSE,1014",
        "CLIENT_ABORTED,1001",
        "INTERNAL,1011",
    })
    void eachEndHasAStatusCodeForTheClientAndOneForTheServer(ErrorCode reason, int code) {
        exchange.downstreamFailed(Refusal.of(reason, "secret of the sandbox"));
        assertThat(codeToClient()).isEqualTo(code);
        String toServer = sent();
        assertThat(code(toServer)).isEqualTo(1001);
        assertThat(toServer).hasSize(reason == ErrorCode.BAD_RESPONSE ? 2 * (8 + 21) : 2 * 8);
        assertThat(call.events()).contains("end").doesNotContain("abort");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aFrameIsNotCutByAClose() {
        fromServer("8205" + "0102");
        fromClient("8285" + "00000000" + "0102");
        sent();
        exchange.downstreamFailed(Refusal.of(ErrorCode.STOPPING, "stop"));
        assertThat(sent()).isEmpty();
        assertThat(call.events()).contains("abort").doesNotContain("end");
    }

    @Test
    void whoSaidCloseHearsNoOther() {
        fromServer("880203e8");
        exchange.downstreamFailed(Refusal.of(ErrorCode.STOPPING, "stop"));
        assertThat(call.receivedBody()).isEqualTo("\u0088\u0002\u0003\u00e8");
        assertThat(code(sent())).isEqualTo(1001);
    }

    @Test
    void itIsCompleteWhenBothSidesSaidClose() {
        fromClient("888200000000" + "03e8");
        assertThat(call.events()).doesNotContain("end");
        exchange.end(Headers.empty());
        fromServer("880203e8");
        assertThat(call.events()).last().isEqualTo("completed 8 4");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aServerMaySayCloseAndGo() {
        fromServer("880203e8");
        channel.close();
        assertThat(call.events()).last().isEqualTo("completed 0 4");
    }

    @Test
    void aClientThatEndsWithoutCloseIsGone() {
        exchange.end(Headers.empty());
        assertThat(call.failure().code()).isEqualTo(ErrorCode.CLIENT_ABORTED);
        assertThat(code(sent())).isEqualTo(1001);
    }

    @Test
    void bothSidesSilentIsATimeout() {
        ticks.addAndGet(ClientRig.SILENCE.toNanos() - 1);
        fromClient("8980" + "00000000");
        ticks.addAndGet(ClientRig.SILENCE.toNanos());
        connection.check(ticks.get());
        assertThat(exchange.isOver()).isFalse();
        connection.check(ticks.incrementAndGet());
        assertThat(call.failure().code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
        assertThat(codeToClient()).isEqualTo(1001);
    }
}
