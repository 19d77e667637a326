package dev.unifiedproxy.control;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.registry.ContainerRegistry;
import dev.unifiedproxy.registry.Registration;
import dev.unifiedproxy.registry.RegistrationConflictException;
import dev.unifiedproxy.registry.RegistryHealth;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** A registry whose registrations a test can hold up, and whose health it can set. */
final class BlockableRegistry implements ContainerRegistry {
    private final ContainerRegistry registry;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile boolean waiting;
    private volatile Optional<RegistryHealth> health = Optional.empty();
    private volatile boolean broken;

    BlockableRegistry(ContainerRegistry registry) {
        this.registry = registry;
    }

    void blockRegistrations() {
        gate = new CountDownLatch(1);
    }

    boolean isWaiting() {
        return waiting;
    }

    void unblock() {
        gate.countDown();
    }

    void setHealth(RegistryHealth shown) {
        health = Optional.of(shown);
    }

    void breakDown() {
        broken = true;
    }

    private void failIfBroken() {
        if (broken) {
            throw new IllegalStateException("secret details of a defect");
        }
    }

    @Override
    public Container register(Registration registration) throws RegistrationConflictException {
        failIfBroken();
        waiting = true;
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return registry.register(registration);
    }

    @Override
    public boolean remove(String id) {
        failIfBroken();
        return registry.remove(id);
    }

    @Override
    public Optional<Container> byId(String id) {
        failIfBroken();
        return registry.byId(id);
    }

    @Override
    public List<Container> list() {
        failIfBroken();
        return registry.list();
    }

    @Override
    public int count() {
        failIfBroken();
        return registry.count();
    }

    @Override
    public RegistryHealth health() {
        return health.orElseGet(registry::health);
    }

    @Override
    public void acknowledge() {
        health = Optional.of(new RegistryHealth.Healthy());
        registry.acknowledge();
    }

    @Override
    public void onDeparture(Consumer<Container> listener) {
        registry.onDeparture(listener);
    }

    @Override
    public Finding find(IpAddress address) {
        return registry.find(address);
    }

    @Override
    public void seen(Container container) {
        registry.seen(container);
    }

    @Override
    public Finding restore(Container claimed, Instant issuedAt) {
        return registry.restore(claimed, issuedAt);
    }

    @Override
    public void close() {
        registry.close();
    }
}
