package dev.unifiedproxy.upstream;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bound on sockets to servers, over all event loops. A slot is taken before a socket is dialled
 * and given back when it is closed.
 *
 * <p>An idle connection is closed before anyone is refused: first one of the own loop, then those
 * of the others, each asked on its own thread.
 */
final class UpstreamSlots {
    /** Connections that nobody uses at the moment. */
    interface Idle {
        /** Loops that may have some. */
        Collection<EventLoop> loops();

        /** Closes one of this loop, on this loop; done when it is closed. */
        Optional<Future<Void>> closeOne(EventLoop loop);
    }

    private final int bound;
    private final Idle idle;
    private final AtomicInteger taken = new AtomicInteger();

    UpstreamSlots(int bound, Idle idle) {
        this.bound = bound;
        this.idle = idle;
    }

    int taken() {
        return taken.get();
    }

    /**
     * A slot; fails with {@link RefusedException} when all are in use. Whoever cancels this need
     * not give back anything.
     */
    Future<Slot> take(EventLoop loop) {
        Promise<Slot> result = loop.newPromise();
        Deque<EventLoop> unasked = new ArrayDeque<>(idle.loops());
        unasked.remove(loop);
        unasked.addFirst(loop);
        new Search(result, unasked).run();
        return result;
    }

    private boolean tryTake() {
        int before = taken.get();
        while (before < bound) {
            if (taken.compareAndSet(before, before + 1)) {
                return true;
            }
            before = taken.get();
        }
        return false;
    }

    /** Of one socket. */
    final class Slot {
        private final AtomicBoolean givenBack = new AtomicBoolean();

        private Slot() {}

        /** The socket is closed. A second time is the same as once. */
        void giveBack() {
            if (givenBack.compareAndSet(false, true)) {
                taken.decrementAndGet();
            }
        }
    }

    /** One at a time is closed, and after each the slot is tried for again. */
    private final class Search implements Runnable {
        private final Promise<Slot> result;
        private final Deque<EventLoop> unasked;

        Search(Promise<Slot> result, Deque<EventLoop> unasked) {
            this.result = result;
            this.unasked = unasked;
        }

        @Override
        public void run() {
            if (result.isDone()) {
                return;
            }
            if (tryTake()) {
                Slot slot = new Slot();
                if (!result.trySuccess(slot)) {
                    slot.giveBack();
                }
            } else if (unasked.isEmpty()) {
                result.tryFailure(new RefusedException(refusal()));
            } else {
                EventLoop next = unasked.removeFirst();
                on(next, () -> ask(next));
            }
        }

        private void ask(EventLoop loop) {
            Optional<Future<Void>> closing = idle.closeOne(loop);
            if (closing.isPresent()) {
                unasked.addFirst(loop); // it may have more, should somebody else get this one
                closing.get().addListener(closed -> run());
            } else {
                run();
            }
        }
    }

    private static void on(EventLoop loop, Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private Refusal refusal() {
        return new Refusal(
                ErrorCode.OVERLOADED,
                "All " + bound + " connections to servers are in use",
                "",
                "Try again later; the bound is PROXY_MAX_UPSTREAM_CONNECTIONS.");
    }
}
