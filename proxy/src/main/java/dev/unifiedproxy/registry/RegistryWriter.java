package dev.unifiedproxy.registry;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.identity.TicketRevocations;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Decides, stores and shows changes, a batch at a time. Used by the writer thread only: that all
 * decisions are made here, one after the other, is why two registrations cannot both win an
 * address.
 *
 * <p>Per batch: decide in a draft; revoke tickets, on disk; commit one transaction; show; tell the
 * listeners; answer. When storing fails, nothing is shown and every answer is the failure.
 */
final class RegistryWriter {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryWriter.class);
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final SqliteStore store;
    private final ContainerView view;
    private final TicketRevocations revocations;
    private final InstantSource clock;
    private final HealthNotes health;
    private final Consumer<Container> departures;

    RegistryWriter(
            SqliteStore store,
            ContainerView view,
            TicketRevocations revocations,
            InstantSource clock,
            HealthNotes health,
            Consumer<Container> departures) {
        this.store = store;
        this.view = view;
        this.revocations = revocations;
        this.clock = clock;
        this.health = health;
        this.departures = departures;
    }

    /** Opens the database and fills the view; a damaged one is set aside. */
    void start() throws SQLException, IOException {
        try {
            store.open();
            view.load(store.load());
        } catch (DamagedDatabaseException e) {
            replace(e);
        }
    }

    /** Carries out the operations, in this order, and answers each. */
    void process(List<Operation> batch) {
        List<Runnable> answers = new ArrayList<>();
        Draft draft =
                view.draft(fresh -> batch.forEach(operation -> decide(operation, fresh, answers)));
        try {
            if (!draft.revocations().isEmpty()) {
                revocations.revoke(draft.revocations());
            }
            commit(draft.changes());
        } catch (IOException | SQLException e) {
            view.abandon();
            health.storeFailed("cannot store: " + e.getMessage());
            LOG.error("Registry change could not be stored: {}", e.getMessage(), e);
            fail(batch, new RegistryUnavailableException("not stored: " + e.getMessage(), e));
            return;
        }
        view.apply(draft, now());
        health.storeWorks();
        draft.departures().forEach(departures);
        answers.forEach(Runnable::run);
    }

    /** Writes what traffic has renewed since it was last written, and ends. */
    void finish() {
        List<Change> changes =
                view.unwritten().stream()
                        .<Change>map(seen -> new Change.Seen(seen.id(), seen.lastSeen()))
                        .toList();
        try {
            commit(changes);
        } catch (IOException | SQLException e) {
            LOG.error("Registry: last traffic could not be stored: {}", e.getMessage(), e);
        }
        store.close();
    }

    static void fail(List<Operation> batch, RegistryUnavailableException reason) {
        for (Operation operation : batch) {
            switch (operation) {
                case Operation.Register register -> register.answer().completeExceptionally(reason);
                case Operation.Remove remove -> remove.answer().completeExceptionally(reason);
                case Operation.Sweep sweep -> sweep.answer().completeExceptionally(reason);
                case Operation.Store _, Operation.Renew _ -> {}
            }
        }
    }

    private void decide(Operation operation, Draft draft, List<Runnable> answers) {
        switch (operation) {
            case Operation.Register register -> decideRegister(register, draft, answers);
            case Operation.Remove remove -> decideRemove(remove, draft, answers);
            case Operation.Store(Container container) ->
                    draft.byId(container.id())
                            .filter(known -> known.address().equals(container.address()))
                            .ifPresent(draft::store);
            case Operation.Renew(String id) -> draft.byId(id).ifPresent(draft::seen);
            case Operation.Sweep sweep -> {
                Instant now = now();
                for (Container container : view.entries()) {
                    draft.byId(container.id())
                            .filter(known -> known.expiredAt(now))
                            .ifPresent(known -> expire(known, draft, now));
                }
                answers.add(() -> sweep.answer().complete(true));
            }
        }
    }

    private void decideRegister(Operation.Register operation, Draft draft, List<Runnable> answers) {
        Registration wanted = operation.registration();
        Instant now = now();
        Optional<Container> holder =
                draft.byAddress(wanted.address())
                        .filter(container -> !container.id().equals(wanted.id()));
        if (holder.isPresent() && !holder.get().expiredAt(now)) {
            RegistrationConflictException conflict =
                    new RegistrationConflictException(wanted.address(), holder.get().id());
            answers.add(() -> operation.answer().completeExceptionally(conflict));
            return;
        }
        holder.ifPresent(gone -> expire(gone, draft, now));
        draft.byId(wanted.id())
                .filter(known -> known.expiredAt(now))
                .ifPresent(known -> expire(known, draft, now));
        Optional<Container> before = draft.byId(wanted.id());
        if (before.isEmpty() && view.isFull()) {
            RegistryUnavailableException full =
                    new RegistryUnavailableException(
                            "containers: more than "
                                    + ContainerView.MAX_CONTAINERS
                                    + " (expected: at most as many)");
            answers.add(() -> operation.answer().completeExceptionally(full));
            return;
        }
        Container container = next(wanted, before, draft, now);
        draft.put(container);
        answers.add(() -> operation.answer().complete(container));
    }

    /** What will be stored. It is never older than the revocations of its id. */
    private Container next(
            Registration wanted, Optional<Container> before, Draft draft, Instant now) {
        Instant seen = draft.notBefore(wanted.id(), revocations).filter(now::isBefore).orElse(now);
        if (before.isPresent() && isChanged(before.get(), wanted)) {
            seen = draft.revoke(before.get(), now, revocations);
        }
        return new Container(
                wanted.id(),
                wanted.address(),
                before.map(Container::registeredAt).orElse(seen),
                seen,
                wanted.ttl(),
                wanted.metadata());
    }

    private static boolean isChanged(Container before, Registration wanted) {
        return !before.address().equals(wanted.address())
                || !before.ttl().equals(wanted.ttl())
                || !before.metadata().equals(wanted.metadata());
    }

    private void decideRemove(Operation.Remove operation, Draft draft, List<Runnable> answers) {
        Instant now = now();
        Optional<Container> known = draft.byId(operation.id());
        if (known.isEmpty()) {
            answers.add(() -> operation.answer().complete(false));
            return;
        }
        boolean live = !known.get().expiredAt(now);
        expire(known.get(), draft, now);
        answers.add(() -> operation.answer().complete(live));
    }

    private void expire(Container container, Draft draft, Instant now) {
        draft.revoke(container, now, revocations);
        draft.delete(container);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Stores the changes, in a fresh database when the one that we had is damaged or gone. */
    private void commit(List<Change> changes) throws SQLException, IOException {
        try {
            if (!store.isOpen()) {
                reopen();
            }
            store.verify();
            if (!changes.isEmpty()) {
                store.commit(changes);
            }
        } catch (DamagedDatabaseException e) {
            replace(e);
            try {
                store.commit(changes);
            } catch (DamagedDatabaseException again) {
                throw new SQLException("a fresh database is damaged too", again);
            }
        }
    }

    /** After a failure that left no connection; what memory holds is written again. */
    private void reopen() throws DamagedDatabaseException, SQLException, IOException {
        store.open();
        store.commit(rowsOfMemory());
    }

    private List<Change> rowsOfMemory() {
        return view.entries().stream().<Change>map(Change.Put::new).toList();
    }

    private void replace(DamagedDatabaseException damage) throws SQLException, IOException {
        Instant now = now();
        String aside =
                store.setAside(UTC_TIME.format(now))
                        .map(name -> "set aside as " + name)
                        .orElse("written anew from memory");
        String words = String.valueOf(damage.getMessage());
        LOG.error(
                "Registry database is damaged: {}. It is {}; the fresh database has the {}"
                        + " registrations that were in memory",
                words,
                aside,
                view.entries().size(),
                damage);
        health.setAside("registry database " + aside + ": " + words, now);
        try {
            reopen();
        } catch (DamagedDatabaseException again) {
            throw new SQLException("a fresh database is damaged too", again);
        }
    }
}
