package dev.unifiedproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.concurrent.TimeUnit;

final class TransportTest {
    @Test
    void jdkIsAlwaysTheJdks() {
        assertThat(Transport.choose("jdk")).isEqualTo(Transport.NIO);
    }

    @Test
    void autoIsNativeWhereItLoads() {
        assertThat(Transport.choose("auto"))
                .isEqualTo(Epoll.isAvailable() ? Transport.EPOLL : Transport.NIO);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void itsTypesBelongTogether(Transport transport) {
        String family = transport == Transport.EPOLL ? "Epoll" : "Nio";
        assertThat(transport.serverChannel().getSimpleName()).startsWith(family);
        assertThat(transport.channel().getSimpleName()).startsWith(family);
        assertThat(transport.datagramChannel().getSimpleName()).startsWith(family);
        assertThat(transport.describe().toLowerCase(java.util.Locale.ROOT))
                .contains(family.toLowerCase(java.util.Locale.ROOT));
    }

    @Test
    void theLoopsOfAGroupAreDaemons() {
        EventLoopGroup loops = Transport.NIO.newGroup(1);
        try {
            assertThat(
                            loops.submit(() -> Thread.currentThread().isDaemon())
                                    .syncUninterruptibly()
                                    .getNow())
                    .isTrue();
        } finally {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
