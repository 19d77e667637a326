package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Host;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A {@link ServerNameGate} behind which nothing is intercepted. */
final class ServerNameGatePassThroughTest {
    private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};
    private static final byte[] ENCRYPTED = {(byte) 0xfe, 0x0d, 0, 3, 1, 2, 3};

    private final Behind behind = new Behind();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    ServerNameGatePassThroughTest() {
        channel.freezeTime();
        channel.pipeline()
                .addLast(
                        ServerNameGate.passingThrough(
                                Host.parse("pinned.example"), Duration.ofSeconds(5)),
                        behind);
    }

    private static final class Behind extends ChannelInboundHandlerAdapter {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final List<Throwable> causes = new ArrayList<>();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf piece = (ByteBuf) message;
            bytes.writeBytes(ByteBufUtil.getBytes(piece));
            piece.release();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            causes.add(cause);
        }
    }

    private void send(byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
        channel.runPendingTasks();
    }

    private byte[] answered() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            out.writeBytes(ByteBufUtil.getBytes(part));
            part.release();
        }
        return out.toByteArray();
    }

    private void assertRefused(ErrorCode code, String detail, byte[] answer) {
        assertThat(behind.causes)
                .singleElement()
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> {
                            assertThat(refused.refusal().code()).isEqualTo(code);
                            assertThat(refused.refusal().detail()).contains(detail);
                        });
        assertThat(behind.bytes.size()).isZero();
        assertThat(answered()).isEqualTo(answer);
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pinned.example", "PINNED.example", "pinned.example."})
    void theHelloGoesOnWithWhatFollows(String name) {
        byte[] hello = TlsFixtures.clientHello(Optional.of(name));
        send(TlsFixtures.join(hello, new byte[] {23, 3, 3}));
        send(new byte[] {9});
        assertThat(behind.bytes.toByteArray())
                .isEqualTo(TlsFixtures.join(hello, new byte[] {23, 3, 3, 9}));
        assertThat(channel.pipeline().get(ServerNameGate.class)).isNull();
        assertThat(answered()).isEmpty();
        channel.advanceTimeBy(1, TimeUnit.HOURS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void notAByteGoesOnBeforeTheHelloIsWhole() throws Exception {
        byte[] hello = TlsFixtures.jdkClientHello("pinned.example");
        for (byte[] bytes :
                List.of(
                        hello,
                        TlsFixtures.records(Arrays.copyOfRange(hello, 5, hello.length), 20))) {
            for (int cut = 1; cut < bytes.length; cut++) {
                ServerNameGatePassThroughTest one = new ServerNameGatePassThroughTest();
                one.send(Arrays.copyOf(bytes, cut));
                assertThat(one.behind.bytes.size()).as("cut at %d", cut).isZero();
                one.send(Arrays.copyOfRange(bytes, cut, bytes.length));
                assertThat(one.behind.bytes.toByteArray()).as("cut at %d", cut).isEqualTo(bytes);
                one.channel.finishAndReleaseAll();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "evil.example, 'evil.example'",
        "a.pinned.example, 'a.pinned.example'",
        "notpinned.example, 'notpinned.example'",
        "pinned.example.., 'pinned.example..'",
        "pinned.example:443, 'pinned.example:443'",
        "192.0.2.1, '192.0.2.1'",
        ", absent",
    })
    void otherNamesAndNoneAreRefused(String name, String printed) {
        send(TlsFixtures.clientHello(Optional.ofNullable(name)));
        assertRefused(ErrorCode.SNI_MISMATCH, printed, UNRECOGNIZED_NAME);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEncryptedHelloIsRefused(boolean before) {
        byte[] name = TlsFixtures.serverName("pinned.example");
        byte[] extensions =
                before ? TlsFixtures.join(ENCRYPTED, name) : TlsFixtures.join(name, ENCRYPTED);
        send(
                TlsFixtures.record(
                        TlsFixtures.handshake(TlsFixtures.helloBody(Optional.of(extensions)))));
        assertRefused(ErrorCode.SNI_MISMATCH, "encrypted ClientHello", UNRECOGNIZED_NAME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-x\r\n", "GET / HTTP/1.1\r\n\r\n", "\u0000"})
    void whatIsNotTlsIsRefused(String text) {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(ErrorCode.TLS_REQUIRED, "expected: a TLS handshake", new byte[0]);
    }

    @Test
    void aSlowHelloIsRefused() {
        send(Arrays.copyOf(TlsFixtures.clientHello(Optional.of("pinned.example")), 40));
        channel.advanceTimeBy(5, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertRefused(ErrorCode.TLS_HANDSHAKE, "no whole ClientHello in PT5S", new byte[0]);
    }
}
