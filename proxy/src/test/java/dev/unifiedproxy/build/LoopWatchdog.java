package dev.unifiedproxy.build;

import io.netty.channel.Channel;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at every event loop some hundred times a second and writes down which of them did one thing
 * for longer than {@link #LIMIT}: asleep once, or on the CPU a second time in the same place.
 */
final class LoopWatchdog implements Runnable {
    /** What fails the build. */
    static final Duration LIMIT = Duration.ofMillis(50);

    /** What no loop is to be blocked for; whatever takes longer is told at the end. */
    private static final Duration AIM = Duration.ofMillis(10);

    /** No code is that cold. */
    private static final Duration NEVER_COLD = Duration.ofMillis(500);

    private static final LoopWatchdog OF_THIS_RUN =
            new LoopWatchdog(TestViolations.ofThisBuild()).started();
    private static final int TOLD = 8;

    private final TestViolations violations;
    private final Map<Thread, WatchedLoop> loops = new ConcurrentHashMap<>();
    private final List<WatchedLoop.Block> blocks = new CopyOnWriteArrayList<>();
    private final Map<String, WatchedLoop.Block> slowPlaces = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    LoopWatchdog(TestViolations violations) {
        this.violations = violations;
    }

    /** The one that every channel made with a bootstrap has to do with. */
    static LoopWatchdog ofThisRun() {
        return OF_THIS_RUN;
    }

    LoopWatchdog started() {
        Thread thread = new Thread(this, "loop-watchdog");
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    /** Counts what this channel's loop does for it. */
    void watch(Channel channel) {
        channel.pipeline().addFirst(new LoopTicks(this));
    }

    /** Of the thread that calls, which is a loop that runs what is given to this executor. */
    WatchedLoop current(Executor executor) {
        return loops.computeIfAbsent(
                Thread.currentThread(), thread -> WatchedLoop.ofThisThread(executor, this::ended));
    }

    private void ended(WatchedLoop.Block block) {
        if (block.nanos() > AIM.toNanos()) {
            blocks.add(block);
        }
        if (block.nanos() <= LIMIT.toNanos()) {
            return;
        }
        // Cold code is slow where it is run for the first time, and only there.
        boolean cold =
                block.asleep() < LIMIT.toNanos()
                        && block.nanos() < NEVER_COLD.toNanos()
                        && slowPlaces.putIfAbsent(block.place(), block) == null;
        if (!cold) {
            violations.record("blocked", block.toString());
        }
    }

    @Override
    public void run() {
        long last = System.nanoTime();
        while (!stopped) {
            LockSupport.parkNanos(WatchedLoop.INTERVAL.toNanos());
            long now = System.nanoTime();
            long gap = now - last;
            last = now;
            loops.values().removeIf(loop -> !loop.sample(gap));
        }
    }

    void stop() {
        stopped = true;
    }

    /** The blocks that were longer than they should be, longest first. */
    List<WatchedLoop.Block> blocks() {
        return blocks.stream()
                .sorted(Comparator.comparingLong(WatchedLoop.Block::nanos).reversed())
                .toList();
    }

    /** For whoever reads the end of the build. */
    String report() {
        StringBuilder text = new StringBuilder("Event loops blocked longer than ");
        text.append(AIM.toMillis()).append(" ms: ").append(blocks.size());
        for (WatchedLoop.Block block : blocks().subList(0, Math.min(TOLD, blocks.size()))) {
            text.append(System.lineSeparator()).append("  ").append(block.summary());
        }
        return text.toString();
    }
}
