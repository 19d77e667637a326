package dev.unifiedproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

final class ConnectionTableTest {
    @Test
    void admitsUpToItsBoundAndCountsWhatCloses() {
        ConnectionTable table = new ConnectionTable(2, 2);
        EmbeddedChannel first = new EmbeddedChannel();
        assertThat(table.admit(first)).isTrue();
        assertThat(table.admit(new EmbeddedChannel())).isTrue();
        assertThat(table.admit(new EmbeddedChannel())).isFalse();
        assertThat(table.open()).isEqualTo(2);
        first.close();
        assertThat(table.open()).isEqualTo(1);
        assertThat(table.admit(new EmbeddedChannel())).isTrue();
    }

    @Test
    void admitsNothingWhileItDrains() {
        ConnectionTable table = new ConnectionTable(2, 2);
        table.drain();
        assertThat(table.draining()).isTrue();
        assertThat(table.admit(new EmbeddedChannel())).isFalse();
        assertThat(table.open()).isZero();
    }

    @Test
    void bindsUpToTheBoundOfEachContainer() {
        ConnectionTable table = new ConnectionTable(10, 1);
        EmbeddedChannel one = new EmbeddedChannel();
        EmbeddedChannel two = new EmbeddedChannel();
        assertThat(table.bind("a", one)).isTrue();
        assertThat(table.bind("a", one)).isTrue();
        assertThat(table.bind("a", two)).isFalse();
        assertThat(table.bind("b", two)).isTrue();
        one.close();
        assertThat(table.bind("a", new EmbeddedChannel())).isTrue();
    }

    @Test
    void closesTheConnectionsOfOneContainer() {
        ConnectionTable table = new ConnectionTable(10, 10);
        EmbeddedChannel gone = new EmbeddedChannel();
        EmbeddedChannel stays = new EmbeddedChannel();
        table.bind("a", gone);
        table.bind("b", stays);
        table.closeContainer("a");
        table.closeContainer("unknown");
        assertThat(gone.isOpen()).isFalse();
        assertThat(stays.isOpen()).isTrue();
    }

    @Test
    void closesAllThatIsLeft() {
        ConnectionTable table = new ConnectionTable(10, 10);
        EmbeddedChannel channel = new EmbeddedChannel();
        table.admit(channel);
        table.closeAll();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void neverBindsMoreThanTheBoundFromManyThreads() throws Exception {
        ConnectionTable table = new ConnectionTable(1000, 5);
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Boolean>> bound = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                EmbeddedChannel channel = new EmbeddedChannel();
                bound.add(
                        threads.submit(
                                () -> {
                                    start.await();
                                    return table.bind("a", channel);
                                }));
            }
            start.countDown();
            int count = 0;
            for (Future<Boolean> one : bound) {
                count += one.get() ? 1 : 0;
            }
            assertThat(count).isEqualTo(5);
        }
    }

    @Test
    void drainReachesEveryEdgeAndCountsWhatIsInProgress() {
        ConnectionTable table = new ConnectionTable(10, 10);
        AtomicInteger drained = new AtomicInteger();
        EdgeConnection edge =
                new EdgeConnection() {
                    @Override
                    public void drain() {
                        drained.incrementAndGet();
                    }

                    @Override
                    public int exchangesInProgress() {
                        return 3;
                    }
                };
        table.add(edge);
        assertThat(table.exchangesInProgress()).isEqualTo(3);
        table.drain();
        assertThat(drained).hasValue(1);
        table.remove(edge);
        assertThat(table.exchangesInProgress()).isZero();
    }
}
