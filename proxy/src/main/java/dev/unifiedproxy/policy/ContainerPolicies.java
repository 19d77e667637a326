package dev.unifiedproxy.policy;

import dev.unifiedproxy.container.Container;

import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The policies that registrations bring along in their metadata: {@code policy}, an object of the
 * shape of one scope of {@code policy.yaml}, and {@code group}, the name of a sandbox group.
 *
 * <p>Each is read and compiled once, when it is first asked for, and kept as long as the
 * registration says the same. What cannot be read denies everything to its container: the control
 * API refuses such a registration, so only one from an older database or ticket can come here.
 */
public final class ContainerPolicies {
    /** The metadata key of a registration's own policy. */
    public static final String POLICY = "policy";

    /** The metadata key of a registration's sandbox group. */
    public static final String GROUP = "group";

    private static final int MAX_KEPT = 10_000;

    /** Reads the policy of a registration. */
    @FunctionalInterface
    public interface Reader {
        /**
         * What it says.
         *
         * @param containerId whose it is, for the places of its rules
         * @param policy the value of {@link #POLICY}, as JSON in the JDK's types
         * @throws RuntimeException with a message for a person when it cannot be read
         */
        ScopeRules read(String containerId, Object policy);
    }

    private record Kept(Map<String, Object> metadata, ContainerPolicy policy) {}

    private final Reader reader;
    private final int maxKept;
    private final ConcurrentMap<String, Kept> kept = new ConcurrentHashMap<>();

    /** Reads them with this reader. */
    public ContainerPolicies(Reader reader) {
        this(reader, MAX_KEPT);
    }

    ContainerPolicies(Reader reader, int maxKept) {
        this.reader = reader;
        this.maxKept = maxKept;
    }

    /** Can read none, so that a registration that brings one is denied everything. */
    static ContainerPolicies unreadable() {
        return new ContainerPolicies(
                (containerId, policy) -> {
                    throw new IllegalArgumentException("nothing here reads it");
                });
    }

    /** The policy of a container. A renewal, which copies the metadata, is no new policy. */
    ContainerPolicy of(Container container) {
        Map<String, Object> metadata = container.metadata();
        if (!metadata.containsKey(POLICY) && !metadata.containsKey(GROUP)) {
            return ContainerPolicy.NONE;
        }
        Kept known = kept.get(container.id());
        if (known != null && isSame(known.metadata, metadata)) {
            return known.policy;
        }
        ContainerPolicy policy =
                known != null && known.metadata.equals(metadata)
                        ? known.policy
                        : compile(container.id(), metadata);
        if (known == null && kept.size() >= maxKept) {
            dropOne();
        }
        kept.put(container.id(), new Kept(metadata, policy));
        return policy;
    }

    /** Spares most requests the comparison of what the maps say. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(Map<String, Object> one, Map<String, Object> other) {
        return one == other;
    }

    private void dropOne() {
        Iterator<String> ids = kept.keySet().iterator();
        if (ids.hasNext()) {
            kept.remove(ids.next());
        }
    }

    private ContainerPolicy compile(String id, Map<String, Object> metadata) {
        Optional<String> group = Optional.empty();
        if (metadata.containsKey(GROUP)) {
            if (!(metadata.get(GROUP) instanceof String name) || name.isEmpty()) {
                return ContainerPolicy.unreadable(GROUP + ": not the name of a group");
            }
            group = Optional.of(name);
        }
        if (!metadata.containsKey(POLICY)) {
            return new ContainerPolicy(group, CompiledScope.EMPTY, Optional.empty());
        }
        try {
            Object policy = metadata.get(POLICY);
            if (policy == null) {
                return ContainerPolicy.unreadable(POLICY + ": null (expected: an object)");
            }
            CompiledScope scope =
                    CompiledScope.of(ScopeName.registration(id), reader.read(id, policy));
            return new ContainerPolicy(group, scope, Optional.empty());
        } catch (RuntimeException e) {
            return ContainerPolicy.unreadable(String.valueOf(e.getMessage()));
        }
    }
}
