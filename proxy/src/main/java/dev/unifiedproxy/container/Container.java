package dev.unifiedproxy.container;

import dev.unifiedproxy.host.IpAddress;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A registered sandbox.
 *
 * @param id 1 to 128 characters of the set {@code [A-Za-z0-9._:-]}
 * @param address where its connections come from; unique among live registrations
 * @param registeredAt when the id was first registered
 * @param lastSeen when it was registered, or its traffic last renewed the registration
 * @param ttl how long after {@code lastSeen} the registration ends; zero means never
 * @param metadata the JSON object of the registration; empty when it had none
 */
public record Container(
        String id,
        IpAddress address,
        Instant registeredAt,
        Instant lastSeen,
        Duration ttl,
        Map<String, Object> metadata) {

    /** Copies the metadata, so that no one changes it behind our back. */
    public Container {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** Whether the registration has ended: now is strictly after {@code lastSeen + ttl}. */
    public boolean expiredAt(Instant now) {
        return !ttl.isZero() && Duration.between(lastSeen, now).compareTo(ttl) > 0;
    }
}
