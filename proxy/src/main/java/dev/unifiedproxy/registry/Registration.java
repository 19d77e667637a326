package dev.unifiedproxy.registry;

import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.identity.MetadataJson;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * What a container is registered as.
 *
 * @param id 1 to 128 characters of the set {@code [A-Za-z0-9._:-]}
 * @param address where its connections come from
 * @param ttl whole seconds from 0, which means that it never expires, to {@link #MAX_TTL}
 * @param metadata a JSON object, empty for none; copied
 */
public record Registration(
        String id, IpAddress address, Duration ttl, Map<String, Object> metadata) {
    /** The longest time to live: 365 days. */
    public static final Duration MAX_TTL = Duration.ofDays(365);

    /** The time to live of a registration that names none: 24 hours. */
    public static final Duration DEFAULT_TTL = Duration.ofHours(24);

    /** The longest id, in characters. */
    public static final int MAX_ID_LENGTH = 128;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException when the id, the time to live or the metadata is outside of
     *     them
     */
    public Registration {
        if (!isValidId(id)) {
            throw new IllegalArgumentException(
                    "container_id: "
                            + id.length()
                            + " characters (expected: 1 to 128 of [A-Za-z0-9._:-])");
        }
        if (ttl.isNegative()
                || ttl.compareTo(MAX_TTL) > 0
                || !ttl.equals(ttl.truncatedTo(ChronoUnit.SECONDS))) {
            throw new IllegalArgumentException(
                    "ttl_seconds: "
                            + ttl.toMillis() / 1000.0
                            + " (expected: a whole number from 0 to "
                            + MAX_TTL.toSeconds()
                            + ")");
        }
        metadata = MetadataJson.freeze(metadata);
    }

    /** Whether the text can be the id of a container. */
    public static boolean isValidId(String text) {
        if (text.isEmpty() || text.length() > MAX_ID_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (!isIdCharacter(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isIdCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == ':'
                || c == '-';
    }
}
