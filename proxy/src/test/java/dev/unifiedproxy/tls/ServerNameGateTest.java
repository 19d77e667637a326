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
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ServerNameGateTest {
    private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};
    private static final byte[] DECODE_ERROR = {21, 3, 3, 0, 2, 2, 50};
    private static final byte[] INTERNAL_ERROR = {21, 3, 3, 0, 2, 2, 80};

    private InterceptionAuthority authority;
    private LeafCertificates leaves;

    @BeforeAll
    void makeLeaves(@TempDir Path state) {
        authority = TlsFixtures.authority(state);
        leaves = new LeafCertificates(authority, TlsProvider.NATIVE, InstantSource.system());
    }

    @AfterAll
    void releaseLeaves() {
        leaves.close();
    }

    /** A gate in a channel of its own, and what comes out behind it. */
    private static final class Tunnel {
        private final Behind behind = new Behind();
        private final EmbeddedChannel channel = new EmbeddedChannel();

        private Tunnel(String host, LeafCertificates leaves) {
            channel.freezeTime();
            channel.pipeline().addLast(new ServerNameGate(Host.parse(host), leaves), behind);
        }

        private void send(byte[] bytes) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes));
            channel.runPendingTasks();
        }

        private byte[] answered() {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (ByteBuf part = channel.readOutbound();
                    part != null;
                    part = channel.readOutbound()) {
                out.writeBytes(ByteBufUtil.getBytes(part));
                part.release();
            }
            return out.toByteArray();
        }

        private boolean admitted() {
            return channel.pipeline().get(SslHandler.class) != null;
        }

        private void assertRefused(ErrorCode code, String detail, byte[] answer) {
            assertThat(admitted()).isFalse();
            assertThat(behind.causes)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            refused -> {
                                assertThat(refused.refusal().code()).isEqualTo(code);
                                assertThat(refused.refusal().detail()).contains(detail);
                            });
            assertThat(behind.messages).isZero();
            assertThat(answered()).isEqualTo(answer);
            assertThat(channel.isOpen()).isFalse();
            channel.checkException();
        }

        private void finish() {
            channel.finishAndReleaseAll();
        }
    }

    private static final class Behind extends ChannelInboundHandlerAdapter {
        private final List<Throwable> causes = new ArrayList<>();
        private int messages;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            messages++;
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            causes.add(cause);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "github.com, github.com",
        "github.com, GitHub.COM",
        "github.com, github.com.",
        "192.0.2.1, 192.0.2.1",
        "192.0.2.1,",
        "[2001:db8::1], 2001:DB8::1",
        "[2001:db8::1],",
    })
    void expectedNameIsAdmitted(String host, String serverName) {
        Tunnel tunnel = new Tunnel(host, leaves);
        tunnel.send(TlsFixtures.clientHello(Optional.ofNullable(serverName)));
        assertThat(tunnel.admitted()).isTrue();
        assertThat(tunnel.channel.pipeline().get(ServerNameGate.class)).isNull();
        assertThat(tunnel.behind.causes).isEmpty();
        assertThat(tunnel.answered()).startsWith(22, 3, 3);
        tunnel.finish();
    }

    @ParameterizedTest
    @CsvSource({
        "github.com, evil.example, 'evil.example'",
        "github.com, api.github.com, 'api.github.com'",
        "github.com, xgithub.com, 'xgithub.com'",
        "github.com, github.com.., 'github.com..'",
        "github.com, github.co, 'github.co'",
        "github.com, gıthub.com, 'g?thub.com'",
        "github.com, github.com:443, 'github.com:443'",
        "github.com, 192.0.2.1, '192.0.2.1'",
        "github.com,, absent",
        "192.0.2.1, github.com, 'github.com'",
        "192.0.2.1, 192.0.2.2, '192.0.2.2'",
        "192.0.2.1, 192.0.2.01, '192.0.2.01'",
        "[2001:db8::1], ::1, '::1'",
    })
    void otherNameIsRefused(String host, String serverName, String printed) {
        Tunnel tunnel = new Tunnel(host, leaves);
        tunnel.send(TlsFixtures.clientHello(Optional.ofNullable(serverName)));
        tunnel.assertRefused(ErrorCode.SNI_MISMATCH, printed, UNRECOGNIZED_NAME);
    }

    @Test
    void detailPrintsNoControlCharacters() {
        Tunnel tunnel = new Tunnel("github.com", leaves);
        tunnel.send(TlsFixtures.clientHello(Optional.of("a\r\n\u0000\u001b" + "b".repeat(300))));
        tunnel.assertRefused(
                ErrorCode.SNI_MISMATCH, "'a????" + "b".repeat(95) + "'", UNRECOGNIZED_NAME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-x\r\n", "GET / HTTP/1.1\r\n\r\n", "\u0000", "\u0080\u0001"})
    void otherProtocolIsRefusedWithoutAnAnswer(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        Tunnel tunnel = new Tunnel("github.com", leaves);
        tunnel.send(bytes);
        tunnel.assertRefused(ErrorCode.TLS_REQUIRED, "expected: a TLS handshake", new byte[0]);

        Tunnel slow = new Tunnel("github.com", leaves);
        slow.send(Arrays.copyOf(bytes, 1));
        slow.assertRefused(ErrorCode.TLS_REQUIRED, "expected: a TLS handshake", new byte[0]);
    }

    @Test
    void brokenHelloIsRefused() {
        Tunnel empty = new Tunnel("github.com", leaves);
        empty.send(new byte[] {22, 3, 1, 0, 0});
        empty.assertRefused(ErrorCode.TLS_HANDSHAKE, "record of no bytes", DECODE_ERROR);

        Tunnel large = new Tunnel("github.com", leaves);
        large.send(new byte[] {22, 3, 1, 64, 1});
        large.assertRefused(ErrorCode.TLS_HANDSHAKE, "more than 16384 bytes", DECODE_ERROR);
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void handshakeStartsWhereverTheHelloIsCut(TlsProvider provider) throws Exception {
        byte[] hello = TlsFixtures.jdkClientHello("github.com");
        try (LeafCertificates own =
                new LeafCertificates(authority, provider, InstantSource.system())) {
            for (int cut = 1; cut <= hello.length; cut++) {
                Tunnel tunnel = new Tunnel("github.com", own);
                tunnel.send(Arrays.copyOf(hello, cut));
                assertThat(tunnel.admitted()).as("cut at %d", cut).isEqualTo(cut == hello.length);
                if (cut < hello.length) {
                    assertThat(tunnel.answered()).isEmpty();
                    tunnel.send(Arrays.copyOfRange(hello, cut, hello.length));
                }
                byte[] answer = tunnel.answered();
                assertThat(answer).as("cut at %d: ServerHello", cut).startsWith(22, 3, 3);
                assertThat(answer[5]).isEqualTo((byte) 2);
                assertThat(tunnel.behind.causes).isEmpty();
                tunnel.finish();
            }
        }
    }

    @Test
    void refusedCutAtEveryByte() {
        byte[] hello = TlsFixtures.clientHello(Optional.of("evil.example"));
        for (int cut = 1; cut < hello.length; cut++) {
            Tunnel tunnel = new Tunnel("github.com", leaves);
            tunnel.send(Arrays.copyOf(hello, cut));
            assertThat(tunnel.behind.causes).as("cut at %d", cut).isEmpty();
            tunnel.send(Arrays.copyOfRange(hello, cut, hello.length));
            tunnel.assertRefused(ErrorCode.SNI_MISMATCH, "evil.example", UNRECOGNIZED_NAME);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 50})
    void slowHelloIsRefused(int bytes) {
        Tunnel tunnel = new Tunnel("github.com", leaves);
        byte[] hello = TlsFixtures.clientHello(Optional.of("github.com"));
        if (bytes > 0) {
            tunnel.send(Arrays.copyOf(hello, bytes));
        }
        tunnel.channel.advanceTimeBy(9_999, TimeUnit.MILLISECONDS);
        tunnel.channel.runScheduledPendingTasks();
        assertThat(tunnel.behind.causes).isEmpty();
        tunnel.channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        tunnel.channel.runScheduledPendingTasks();
        tunnel.assertRefused(ErrorCode.TLS_HANDSHAKE, "no whole ClientHello in PT10S", new byte[0]);
    }

    @Test
    void clientThatLeavesIsOnlyAClosedChannel() {
        Tunnel tunnel = new Tunnel("github.com", leaves);
        tunnel.send(Arrays.copyOf(TlsFixtures.clientHello(Optional.of("github.com")), 20));
        tunnel.channel.close();
        tunnel.channel.advanceTimeBy(1, TimeUnit.MINUTES);
        tunnel.channel.runScheduledPendingTasks();
        assertThat(tunnel.behind.causes).isEmpty();
        assertThat(tunnel.behind.messages).isZero();
        assertThat(tunnel.answered()).isEmpty();
        tunnel.finish();
    }

    @Test
    void missingLeafEndsTheConnection(@TempDir Path state) {
        Instant start = Instant.parse("2026-11-24T06:00:00Z");
        List<Instant> now = new ArrayList<>(List.of(start));
        InterceptionAuthority expiring =
                InterceptionAuthority.openOrCreate(state, () -> now.getFirst());
        LeafCertificates none =
                new LeafCertificates(expiring, TlsProvider.JDK, () -> now.getFirst());
        now.set(0, start.plus(Duration.ofDays(4000)));

        Tunnel tunnel = new Tunnel("github.com", none);
        tunnel.send(TlsFixtures.clientHello(Optional.of("github.com")));
        assertThat(tunnel.behind.causes).singleElement().isInstanceOf(AuthorityException.class);
        assertThat(tunnel.answered()).isEqualTo(INTERNAL_ERROR);
        assertThat(tunnel.channel.isOpen()).isFalse();
    }
}
