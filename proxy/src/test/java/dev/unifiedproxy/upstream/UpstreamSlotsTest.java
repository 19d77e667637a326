package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The bound itself, with two event loops that have idle connections or none. */
final class UpstreamSlotsTest implements UpstreamSlots.Idle {
    private final EventLoop own = new DefaultEventLoop();
    private final EventLoop other = new DefaultEventLoop();
    private final Map<EventLoop, Queue<UpstreamSlots.Slot>> idle = new ConcurrentHashMap<>();
    private final UpstreamSlots slots = new UpstreamSlots(2, this);

    @AfterEach
    void stop() {
        List.of(own, other)
                .forEach(
                        loop ->
                                loop.shutdownGracefully(0, 1, TimeUnit.SECONDS)
                                        .awaitUninterruptibly());
    }

    @Override
    public Collection<EventLoop> loops() {
        return List.of(own, other);
    }

    @Override
    public Optional<Future<Void>> closeOne(EventLoop loop) {
        assertThat(loop.inEventLoop()).isTrue();
        return Optional.ofNullable(idle.getOrDefault(loop, new ConcurrentLinkedQueue<>()).poll())
                .map(
                        slot ->
                                loop.submit(
                                        () -> {
                                            slot.giveBack();
                                            return null;
                                        }));
    }

    private Future<UpstreamSlots.Slot> take() {
        return slots.take(own).awaitUninterruptibly();
    }

    private void idle(EventLoop loop) {
        idle.computeIfAbsent(loop, l -> new ConcurrentLinkedQueue<>()).add(take().getNow());
    }

    @Test
    void refusesWhenAllAreInUse() {
        UpstreamSlots.Slot first = take().getNow();
        take();
        assertThat(slots.taken()).isEqualTo(2);
        assertThat(take().cause())
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> {
                            assertThat(refused.refusal().code()).isEqualTo(ErrorCode.OVERLOADED);
                            assertThat(refused.refusal().remedy())
                                    .contains("PROXY_MAX_UPSTREAM_CONNECTIONS");
                        });
        first.giveBack();
        first.giveBack();
        assertThat(slots.taken()).isEqualTo(1);
        assertThat(take().isSuccess()).isTrue();
    }

    @Test
    void anIdleConnectionIsClosedBeforeAnyoneIsRefused() {
        idle(other);
        idle(own);
        assertThat(take().isSuccess()).isTrue();
        assertThat(idle.get(own)).isEmpty();
        assertThat(idle.get(other)).hasSize(1);
        assertThat(take().isSuccess()).isTrue();
        assertThat(idle.get(other)).isEmpty();
        assertThat(take().isSuccess()).isFalse();
        assertThat(slots.taken()).isEqualTo(2);
    }

    @Test
    void whoeverGaveUpKeepsNone() {
        idle(other);
        idle(other);
        CountDownLatch givenUp = new CountDownLatch(1);
        other.submit(
                () -> {
                    givenUp.await(); // or it could close an idle one before
                    return null;
                });
        Future<UpstreamSlots.Slot> given =
                own.submit(this::takeAndCancel).awaitUninterruptibly().getNow();
        givenUp.countDown();
        assertThat(given.isCancelled()).isTrue();
        assertThat(take().isSuccess()).isTrue();
        assertThat(take().isSuccess()).isTrue();
        assertThat(slots.taken()).isEqualTo(2);
    }

    private Future<UpstreamSlots.Slot> takeAndCancel() {
        Future<UpstreamSlots.Slot> taking = slots.take(own);
        taking.cancel(false);
        return taking;
    }
}
