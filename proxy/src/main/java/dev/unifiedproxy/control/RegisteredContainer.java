package dev.unifiedproxy.control;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A registration as the control API shows it.
 *
 * @param id the container's name
 * @param address where its connections come from
 * @param registeredAt when the name was first registered
 * @param lastSeen when it was registered or last renewed by traffic
 * @param ttl how long after {@code lastSeen} it ends; zero means never
 * @param metadata the JSON object of the registration; empty when it had none
 * @param ticket what the container proves itself with; empty in a listing
 */
public record RegisteredContainer(
        String id,
        String address,
        Instant registeredAt,
        Instant lastSeen,
        Duration ttl,
        Map<String, Object> metadata,
        Optional<String> ticket) {

    /** When the registration ends without further traffic; empty for never. */
    public Optional<Instant> expiresAt() {
        return ttl.isZero() ? Optional.empty() : Optional.of(lastSeen.plus(ttl));
    }

    /** Without the ticket. */
    @Override
    public String toString() {
        return "RegisteredContainer[" + id + " " + address + "]";
    }
}
