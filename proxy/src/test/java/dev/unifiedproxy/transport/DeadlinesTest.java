package dev.unifiedproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

final class DeadlinesTest {
    private final AtomicLong ticks = new AtomicLong(5);
    private final Deadlines deadlines = new Deadlines(ticks::get);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<Long> seen = new ArrayList<>();

    @AfterEach
    void close() {
        channel.finish();
    }

    private void halfASecond() {
        channel.advanceTimeBy(500, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void looksTwiceASecondWithTheTimeOfTheTicker() {
        Deadlines.Watched watched = seen::add;
        deadlines.watch(channel.eventLoop(), watched);
        halfASecond();
        ticks.set(6);
        halfASecond();
        assertThat(seen).containsExactly(5L, 6L);
        assertThat(deadlines.now()).isEqualTo(6);
        deadlines.forget(channel.eventLoop(), watched);
        halfASecond();
        assertThat(seen).hasSize(2);
    }

    @Test
    void aCheckMayForgetItselfAndOthers() {
        Deadlines.Watched second = seen::add;
        deadlines.watch(
                channel.eventLoop(),
                new Deadlines.Watched() {
                    @Override
                    public void check(long now) {
                        seen.add(now);
                        deadlines.forget(channel.eventLoop(), this);
                        deadlines.forget(channel.eventLoop(), second);
                    }
                });
        deadlines.watch(channel.eventLoop(), second);
        halfASecond();
        int first = seen.size();
        halfASecond();
        assertThat(seen).hasSizeBetween(1, 2).hasSize(first);
    }

    @Test
    void aDefectInOneLimitLeavesTheOthers() {
        deadlines.watch(
                channel.eventLoop(),
                now -> {
                    throw new IllegalStateException("a defect");
                });
        deadlines.watch(channel.eventLoop(), seen::add);
        halfASecond();
        halfASecond();
        assertThat(seen).hasSize(2);
    }
}
