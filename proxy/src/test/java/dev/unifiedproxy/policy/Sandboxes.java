package dev.unifiedproxy.policy;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.IpAddress;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Containers for tests of decisions. */
public final class Sandboxes {
    /** One whose registration says nothing. */
    public static final Container PLAIN = with(Map.of());

    private Sandboxes() {}

    /** {@code sandbox-1} with this metadata. */
    public static Container with(Map<String, Object> metadata) {
        return with("sandbox-1", metadata);
    }

    /** A container with this id and metadata. */
    public static Container with(String id, Map<String, Object> metadata) {
        return new Container(
                id,
                IpAddress.parse("10.0.0.5"),
                Instant.EPOCH,
                Instant.EPOCH,
                Duration.ZERO,
                metadata);
    }
}
