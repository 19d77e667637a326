package dev.unifiedproxy.registry;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.identity.TicketRevocations;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The registry on an SQLite file in WAL mode, with one writer thread. What is committed survives
 * the end of the process at any moment. A damaged, removed or replaced file is set aside and
 * written anew from memory, and external {@code sqlite3} processes may read the file meanwhile.
 */
public final class SqliteContainerRegistry implements ContainerRegistry {
    /**
     * How the registry works.
     *
     * @param sweepInterval how often expired registrations are ended and the file is looked after
     * @param renewalInterval how often at most traffic of one container is written
     * @param queueCapacity how many changes may wait, at least 1
     * @param patience how long a change waits for room in the queue, and for its commit
     */
    public record Settings(
            Duration sweepInterval,
            Duration renewalInterval,
            int queueCapacity,
            Duration patience) {
        /** Every 10 s, once a minute, 4096, 10 s. */
        public static Settings defaults() {
            return new Settings(
                    Duration.ofSeconds(10), Duration.ofMinutes(1), 4096, Duration.ofSeconds(10));
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(SqliteContainerRegistry.class);
    private static final int MAX_BATCH = 200;

    private final Settings settings;
    private final InstantSource clock;
    private final LongSupplier nanoTicker;
    private final TicketRevocations revocations;
    private final ContainerView view = new ContainerView();
    private final HealthNotes health = new HealthNotes();
    private final List<Consumer<Container>> listeners = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Operation> queue;
    private final RegistryWriter writer;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean ended;

    private SqliteContainerRegistry(
            SqliteStore store,
            TicketRevocations revocations,
            InstantSource clock,
            LongSupplier nanoTicker,
            Settings settings) {
        this.settings = settings;
        this.clock = clock;
        this.nanoTicker = nanoTicker;
        this.revocations = revocations;
        this.queue = new ArrayBlockingQueue<>(settings.queueCapacity());
        this.writer =
                new RegistryWriter(store, view, revocations, clock, health, this::tellListeners);
        // A platform thread: SQLite is native code, which would pin a virtual thread's carrier.
        this.thread =
                Thread.ofPlatform().name("registry-writer").daemon(true).unstarted(this::write);
    }

    /**
     * Opens the registry. The file and its directories are created when they do not exist; a
     * damaged file is set aside.
     *
     * @param file the database
     * @param revocations where the end of tickets is kept; stays the caller's to close, afterwards
     * @param clock the time of day, for expiry
     * @param nanoTicker nanoseconds since an arbitrary moment, for the sweep
     * @param settings how it works
     * @throws IOException when the file can neither be opened nor set aside
     * @throws RegistryUnavailableException when it was written by a later version of this program
     */
    public static SqliteContainerRegistry open(
            Path file,
            TicketRevocations revocations,
            InstantSource clock,
            LongSupplier nanoTicker,
            Settings settings)
            throws IOException {
        SqliteStore store = new SqliteStore(file);
        SqliteContainerRegistry registry =
                new SqliteContainerRegistry(store, revocations, clock, nanoTicker, settings);
        try {
            registry.writer.start();
        } catch (SQLException e) {
            store.close();
            throw new IOException(
                    "Registry database " + file + " cannot be opened: " + e.getMessage(), e);
        }
        registry.thread.start();
        return registry;
    }

    @Override
    public Finding find(IpAddress address) {
        return view.find(address, now());
    }

    @Override
    public void seen(Container container) {
        if (!closing && view.seen(container, now(), settings.renewalInterval())) {
            // When the queue is full, the next minute's traffic tries again.
            queue.offer(new Operation.Renew(container.id()));
        }
    }

    @Override
    public Finding restore(Container claimed, Instant issuedAt) {
        Finding finding =
                view.restore(
                        claimed,
                        now(),
                        restored ->
                                !closing
                                        && !revocations.covers(claimed.id(), issuedAt)
                                        && queue.offer(new Operation.Store(restored)));
        if (finding instanceof Finding.Registered(Container container)) {
            LOG.info(
                    "Container {} at {} registered again from its ticket",
                    container.id(),
                    container.address());
        }
        return finding;
    }

    @Override
    public Container register(Registration registration) throws RegistrationConflictException {
        CompletableFuture<Container> answer = new CompletableFuture<>();
        enqueue(new Operation.Register(registration, answer));
        try {
            return await(answer);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RegistrationConflictException conflict) {
                throw conflict;
            }
            throw unavailable(e);
        }
    }

    @Override
    public boolean remove(String id) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        enqueue(new Operation.Remove(id, answer));
        return awaitPlain(answer);
    }

    /** Ends what has expired and looks after the file, now. */
    void sweep() {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        enqueue(new Operation.Sweep(answer));
        awaitPlain(answer);
    }

    @Override
    public Optional<Container> byId(String id) {
        return view.entry(id).filter(container -> !container.expiredAt(now()));
    }

    @Override
    public List<Container> list() {
        Instant now = now();
        return view.entries().stream().filter(container -> !container.expiredAt(now)).toList();
    }

    @Override
    public int count() {
        return view.countLive(now());
    }

    @Override
    public RegistryHealth health() {
        return health.health(now());
    }

    @Override
    public void acknowledge() {
        health.acknowledge();
    }

    @Override
    public void onDeparture(Consumer<Container> listener) {
        listeners.add(listener);
    }

    @Override
    public void close() {
        closing = true;
        // Wakes the writer; when the queue is full it is awake.
        queue.offer(new Operation.Renew(""));
        try {
            thread.join(settings.patience().plus(settings.patience()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.error("Registry writer is still busy; what is queued may be lost");
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void enqueue(Operation operation) {
        try {
            if (closing
                    || !queue.offer(
                            operation, settings.patience().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new RegistryUnavailableException(
                        closing
                                ? "the registry is closed"
                                : "changes queued: "
                                        + settings.queueCapacity()
                                        + " (expected: fewer)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryUnavailableException("interrupted", e);
        }
        if (ended) {
            failQueued("the registry has ended");
        }
    }

    private <T> T awaitPlain(CompletableFuture<T> answer) {
        try {
            return await(answer);
        } catch (ExecutionException e) {
            throw unavailable(e);
        }
    }

    private <T> T await(CompletableFuture<T> answer) throws ExecutionException {
        try {
            return answer.get(settings.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryUnavailableException("interrupted; the change is not confirmed", e);
        } catch (TimeoutException e) {
            throw new RegistryUnavailableException(
                    "the change was not confirmed within "
                            + settings.patience().toSeconds()
                            + " s and may still be made",
                    e);
        }
    }

    private static RegistryUnavailableException unavailable(ExecutionException e) {
        return new RegistryUnavailableException(
                e.getCause() == null ? "unknown" : String.valueOf(e.getCause().getMessage()), e);
    }

    private void tellListeners(Container gone) {
        for (Consumer<Container> listener : listeners) {
            try {
                listener.accept(gone);
            } catch (RuntimeException e) {
                LOG.error("Departure of container {} could not be announced", gone.id(), e);
            }
        }
    }

    private void write() {
        String reason = "registry writer ended by an error";
        try {
            long lastSweep = nanoTicker.getAsLong();
            while (!closing || !queue.isEmpty()) {
                long rest =
                        settings.sweepInterval().toNanos() - (nanoTicker.getAsLong() - lastSweep);
                List<Operation> batch = nextBatch(rest);
                if (rest <= 0) {
                    batch.add(new Operation.Sweep(new CompletableFuture<>()));
                    lastSweep = nanoTicker.getAsLong();
                }
                processOrFail(batch);
            }
            writer.finish();
            reason = "the registry is closed";
        } catch (InterruptedException e) {
            reason = "registry writer was interrupted";
        } finally {
            closing = true;
            ended = true;
            health.ended(reason);
            failQueued(reason);
        }
    }

    private List<Operation> nextBatch(long nanos) throws InterruptedException {
        List<Operation> batch = new ArrayList<>();
        Operation first = queue.poll(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
        if (first != null) {
            batch.add(first);
            queue.drainTo(batch, MAX_BATCH - 1);
        }
        return batch;
    }

    /** A defect in one batch must not end the writer. */
    private void processOrFail(List<Operation> batch) {
        try {
            if (!batch.isEmpty()) {
                writer.process(batch);
            }
        } catch (RuntimeException e) {
            view.abandon();
            LOG.error("Registry changes failed", e);
            RegistryWriter.fail(
                    batch, new RegistryUnavailableException("internal error, see the log", e));
        }
    }

    private void failQueued(String reason) {
        List<Operation> rest = new ArrayList<>();
        queue.drainTo(rest);
        RegistryWriter.fail(rest, new RegistryUnavailableException(reason));
    }
}
