package dev.unifiedproxy.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.transport.Transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioDatagramChannel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * {@link LoopWatchdog} sees loops that are blocked, and no others. The loops of this test have a
 * watchdog and a file of their own; that of the build knows only channels made with a bootstrap.
 */
@Timeout(60)
final class LoopWatchdogTest {
    private static final Duration TOO_LONG = Duration.ofMillis(60);

    /** A watchdog that gets no core sees less of a sleeper than there is. */
    private static final int TRIES = 50;

    @TempDir private Path folder;
    private final EventLoopGroup loops = Transport.NIO.newGroup(1);
    private LoopWatchdog watchdog = new LoopWatchdog(new TestViolations(Optional.empty()));
    private Path file = Path.of("");

    @BeforeEach
    void watch() throws Exception {
        file = folder.resolve("violations.txt");
        watchdog = new LoopWatchdog(new TestViolations(Optional.of(file))).started();
        Channel channel = new NioDatagramChannel();
        watchdog.watch(channel);
        loops.register(channel).sync();
    }

    @AfterEach
    void stop() {
        watchdog.stop();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    enum Way {
        SLEEPS {
            @Override
            void block() throws InterruptedException {
                assertThat(new CountDownLatch(1).await(60, TimeUnit.MILLISECONDS)).isFalse();
            }
        },
        COMPUTES {
            @Override
            void block() {
                var threads = java.lang.management.ManagementFactory.getThreadMXBean();
                long end = threads.getCurrentThreadCpuTime() + TOO_LONG.toNanos();
                while (threads.getCurrentThreadCpuTime() < end) {
                    Thread.onSpinWait();
                }
            }
        };

        abstract void block() throws Exception;
    }

    @Test
    void loopThatSleepsIsWrittenDown() throws Exception {
        for (int i = 0; i < TRIES && !Files.exists(file); i++) {
            block(Way.SLEEPS);
        }
        assertWrittenDown();
        assertThat(watchdog.report()).contains("LoopWatchdogTest");
    }

    @Test
    void loopThatComputesIsWrittenDownTheSecondTime() throws Exception {
        block(Way.COMPUTES);
        await().until(() -> watchdog.blocks().stream().anyMatch(block -> block.cpu() > 50_000_000));
        assertThat(file).doesNotExist();
        for (int i = 0; i < TRIES && !Files.exists(file); i++) {
            block(Way.COMPUTES);
        }
        assertWrittenDown();
    }

    private void block(Way way) throws InterruptedException {
        loops.submit(
                        () -> {
                            way.block();
                            return true;
                        })
                .sync();
    }

    private void assertWrittenDown() {
        await().untilAsserted(
                        () ->
                                assertThat(file)
                                        .content()
                                        .startsWith("blocked: loop-")
                                        .contains("LoopWatchdogTest"));
    }

    @Test
    void loopThatWaitsForSocketsOrDoesManySmallThingsIsNot() throws Exception {
        assertThat(new CountDownLatch(1).await(150, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(file).doesNotExist();
    }

    @Test
    void thisRunIsWatched() throws Exception {
        Channel channel =
                new Bootstrap()
                        .group(loops)
                        .channel(NioDatagramChannel.class)
                        .handler(new ChannelInboundHandlerAdapter())
                        .bind(0)
                        .sync()
                        .channel();
        assertThat(channel.pipeline().first()).isInstanceOf(LoopTicks.class);
        channel.close().sync();
    }
}
