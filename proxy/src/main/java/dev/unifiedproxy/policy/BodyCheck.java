package dev.unifiedproxy.policy;

import java.util.List;

/**
 * What the body of a request has to be.
 *
 * @param maxBytes the longest body, decoded, in bytes
 * @param contentTypes its media type, without parameters, such as {@code application/json} or
 *     {@code text/*}; empty for {@code application/json} and {@code *+json} where fields are looked
 *     at, and any type otherwise
 * @param fields what its JSON has to say; empty where it need not be JSON
 */
public record BodyCheck(int maxBytes, List<String> contentTypes, List<JsonFieldCheck> fields) {
    /** The longest body that a rule may read, in bytes. */
    public static final int MAX_BYTES = 8 << 20;

    /** What a rule reads that says nothing else, in bytes. */
    public static final int DEFAULT_MAX_BYTES = 1 << 20;

    /** Copies the lists and checks the bound. */
    public BodyCheck {
        contentTypes = List.copyOf(contentTypes);
        fields = List.copyOf(fields);
        if (maxBytes < 1 || maxBytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "max_bytes: " + maxBytes + " (expected: 1 to " + MAX_BYTES + ")");
        }
    }
}
