package dev.unifiedproxy.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One event loop, and how long it has been doing one thing.
 *
 * <p>A thing begins and ends where the loop enters or leaves a channel's pipeline, and wherever it
 * is seen waiting for sockets, or comes to a task that was put into its queue when it was seen
 * busy. Two kinds of time count: the thread's CPU time, and time in which the kernel has the thread
 * asleep elsewhere than at its selector. Time in which it waits for a core, or the whole Java
 * machine stands for a collection, is nobody's fault and counts as neither.
 */
final class WatchedLoop {
    static final Duration INTERVAL = Duration.ofMillis(4);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** More sleep than this between two looks is one in which the watchdog did not run either. */
    private static final long LONGEST_GAP = 2 * INTERVAL.toNanos();

    private static final int FRAMES_TOLD = 12;

    /** One thing that took so long; {@code stack} was seen in its midst. */
    record Block(
            String thread, long cpu, long loading, long asleep, List<StackTraceElement> stack) {
        long nanos() {
            return cpu - loading + asleep;
        }

        /** The innermost of our own frames, or the innermost at all. */
        String place() {
            return stack.stream()
                    .filter(frame -> frame.getClassName().startsWith("dev.unifiedproxy"))
                    .filter(frame -> !frame.getClassName().contains("LoopTicks"))
                    .findFirst()
                    .or(() -> stack.stream().findFirst())
                    .map(frame -> frame.getClassName() + "#" + frame.getMethodName())
                    .orElse("an unknown place");
        }

        String summary() {
            return "%s: %.1f ms on the CPU (%.1f ms of it loading classes), %.1f ms asleep in %s"
                    .formatted(thread, cpu / 1e6, loading / 1e6, asleep / 1e6, place());
        }

        @Override
        public String toString() {
            return summary()
                    + "\n"
                    + stack.stream()
                            .limit(FRAMES_TOLD)
                            .map(StackTraceElement::toString)
                            .collect(Collectors.joining("\n"));
        }
    }

    private final Thread thread;
    private final Optional<Path> state;
    private final Consumer<Block> ended;
    private final Executor executor;
    private final AtomicBoolean asked = new AtomicBoolean();

    /** The thread's CPU time when the thing in progress began; changes with each thing. */
    private final AtomicLong since;

    private final AtomicLong asleep = new AtomicLong();
    private final AtomicLong loading = new AtomicLong();
    private volatile List<StackTraceElement> stack = List.of();

    // what the watchdog alone remembers
    private long sinceSeen;
    private long cpuSeen;
    private boolean idle;

    private WatchedLoop(
            Thread thread, Executor executor, Optional<Path> state, Consumer<Block> ended) {
        this.executor = executor;
        this.thread = thread;
        this.state = state;
        this.ended = ended;
        this.since = new AtomicLong(THREADS.getCurrentThreadCpuTime());
    }

    /** Of the calling thread, which alone can ask the kernel for its number. */
    static WatchedLoop ofThisThread(Executor executor, Consumer<Block> ended) {
        Path self = Path.of("/proc/thread-self");
        try {
            Optional<Path> state =
                    Files.exists(self)
                            ? Optional.of(self.toRealPath().resolve("stat"))
                            : Optional.empty();
            return new WatchedLoop(Thread.currentThread(), executor, state, ended);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Called by the loop: one thing is over and another begins. */
    void tick() {
        end(THREADS.getCurrentThreadCpuTime());
    }

    private void end(long cpu) {
        long began = since.get();
        if (!since.compareAndSet(began, cpu)) {
            return; // the other thread has just said the same
        }
        Block block =
                new Block(
                        thread.getName(),
                        cpu - began,
                        Math.min(cpu - began, loading.getAndSet(0)),
                        asleep.getAndSet(0),
                        stack);
        stack = List.of();
        ended.accept(block);
    }

    /**
     * Called by the watchdog.
     *
     * @param gap nanoseconds since it looked last
     * @return false when the loop is no more
     */
    boolean sample(long gap) {
        long cpu = THREADS.getThreadCpuTime(thread.threadId());
        if (cpu < 0) {
            return false;
        }
        long used = cpu - cpuSeen;
        cpuSeen = cpu;
        if (since.get() != sinceSeen) {
            sinceSeen = since.get();
            idle = false;
        } else if (!idle || used > 0) {
            look(gap, used);
        }
        return true;
    }

    private void look(long gap, long used) {
        StackTraceElement[] frames = thread.getStackTrace();
        idle = frames.length == 0 || waitsForSockets(frames[0]);
        if (idle) {
            end(Math.max(cpuSeen, since.get()));
            sinceSeen = since.get();
            return;
        }
        askForTurn();
        boolean sleeps = used < gap / 4 && waitsForSomething(frames[0]) && sleeps();
        if (since.get() != sinceSeen) {
            return;
        }
        long slept = sleeps ? Math.min(gap, LONGEST_GAP) - used : 0;
        asleep.addAndGet(slept);
        if (loadsClasses(frames)) {
            loading.addAndGet(used);
            return;
        }
        if (stack.isEmpty() || used + slept > INTERVAL.toNanos() / 2) {
            stack = List.of(frames);
        }
    }

    /** What stands between other tasks ends one thing and begins another. */
    private void askForTurn() {
        if (asked.compareAndSet(false, true)) {
            try {
                executor.execute(
                        () -> {
                            asked.set(false);
                            tick();
                        });
            } catch (RejectedExecutionException e) {
                asked.set(true); // it has been told to end, and will not be asked again
            }
        }
    }

    /**
     * The state behind the name in parentheses: S for asleep until something happens. R is running
     * or ready to, and D waits for the disk, which is mostly the kernel's bringing back of a page.
     */
    private boolean sleeps() {
        if (state.isEmpty()) {
            return thread.getState() != Thread.State.RUNNABLE;
        }
        try {
            String text = Files.readString(state.get());
            return text.charAt(text.lastIndexOf(')') + 2) == 'S';
        } catch (IOException e) {
            return thread.isAlive() && thread.getState() != Thread.State.RUNNABLE;
        }
    }

    /**
     * In a lock, a queue, a call of the system. A thread can be asleep in Java code too, or in what
     * natively makes memory and stack traces: then the machine waits for a thread of its own.
     */
    private boolean waitsForSomething(StackTraceElement top) {
        return thread.getState() != Thread.State.RUNNABLE
                || (top.isNativeMethod()
                        && !top.getClassName().equals("jdk.internal.misc.Unsafe")
                        && !top.getClassName().equals("java.lang.Throwable"));
    }

    /** Which the proxy that is shipped does from its cache, and nobody does twice. */
    private static boolean loadsClasses(StackTraceElement[] frames) {
        return Arrays.stream(frames)
                .anyMatch(
                        frame ->
                                frame.getMethodName().equals("<clinit>")
                                        || frame.getClassName().equals("java.lang.ClassLoader")
                                        || frame.getClassName().startsWith("java.lang.invoke."));
    }

    private static boolean waitsForSockets(StackTraceElement top) {
        return (top.getClassName().equals("io.netty.channel.epoll.Native")
                        && top.getMethodName().startsWith("epollWait"))
                || (top.getClassName().equals("sun.nio.ch.EPoll")
                        && top.getMethodName().equals("wait"));
    }
}
