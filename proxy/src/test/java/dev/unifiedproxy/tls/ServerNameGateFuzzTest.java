package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Host;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** {@link ServerNameGate} and {@link ClientHelloReader}: any bytes pass, are refused, or wait. */
final class ServerNameGateFuzzTest {
    private static final LeafCertificates LEAVES = makeLeaves();

    private static LeafCertificates makeLeaves() {
        try {
            Path state = Files.createTempDirectory("gate-fuzz");
            LeafCertificates leaves =
                    new LeafCertificates(
                            TlsFixtures.authority(state), TlsProvider.JDK, InstantSource.system());
            InterceptionAuthority.discard(state);
            Files.delete(state);
            return leaves;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Causes extends ChannelInboundHandlerAdapter {
        private final List<Throwable> causes = new ArrayList<>();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            throw new AssertionError("bytes came through the gate");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            causes.add(cause);
        }
    }

    @FuzzTest
    void anyBytes(FuzzedDataProvider data) {
        int cut = data.consumeInt(0, 1 << 15);
        check(data.consumeRemainingAsBytes(), cut, "fuzz");
    }

    static IntStream seeds() {
        return new Random().ints(20);
    }

    /** A good ClientHello with a few bytes changed, dropped or doubled, cut in two anywhere. */
    @ParameterizedTest
    @MethodSource("seeds")
    void nearlyGoodHello(int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            String name = random.nextInt(3) == 0 ? "evil.example" : "github.com";
            byte[] hello = TlsFixtures.clientHello(Optional.of(name));
            for (int change = random.nextInt(4); change > 0; change--) {
                hello[random.nextInt(hello.length)] = (byte) random.nextInt(256);
            }
            if (random.nextBoolean()) {
                hello = Arrays.copyOf(hello, random.nextInt(hello.length + 20) + 1);
            }
            check(hello, random.nextInt(hello.length + 1), "seed " + seed);
        }
    }

    private static void check(byte[] bytes, int wanted, String origin) {
        int cut = Math.min(wanted, bytes.length);
        Causes behind = new Causes();
        EmbeddedChannel channel =
                new EmbeddedChannel(new ServerNameGate(Host.parse("github.com"), LEAVES), behind);
        ClientHelloReader.Result expected =
                new ClientHelloReader().read(Unpooled.wrappedBuffer(bytes));
        channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, cut));
        if (channel.isOpen()) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, cut, bytes.length - cut));
        }
        boolean gateDecides = channel.pipeline().get(SslHandler.class) == null;
        switch (expected) {
            case ClientHelloReader.Waiting() -> {
                assertThat(gateDecides && channel.isOpen()).as(origin).isTrue();
                assertThat(behind.causes).as(origin).isEmpty();
            }
            case ClientHelloReader.NotTls(int firstByte) -> {
                assertThat(firstByte).as(origin).isNotEqualTo(22);
                assertRefused(channel, behind, origin);
            }
            case ClientHelloReader.Malformed(String reason) -> {
                assertThat(reason).as(origin).isNotEmpty();
                assertRefused(channel, behind, origin);
            }
            case ClientHelloReader.Complete(Optional<String> name, boolean encrypted) -> {
                if (name.map(ServerNameGateFuzzTest::isExpected).orElse(false)) {
                    // The handler took over; it may have ended the handshake, and left the
                    // pipeline.
                    assertThat(channel.pipeline().get(ServerNameGate.class)).as(origin).isNull();
                } else {
                    assertRefused(channel, behind, origin);
                }
            }
        }
        channel.finishAndReleaseAll();
    }

    private static boolean isExpected(String name) {
        return name.equalsIgnoreCase("github.com") || name.equalsIgnoreCase("github.com.");
    }

    private static void assertRefused(EmbeddedChannel channel, Causes behind, String origin) {
        assertThat(channel.isOpen()).as(origin).isFalse();
        assertThat(behind.causes).as(origin).singleElement().isInstanceOf(RefusedException.class);
    }
}
