package dev.unifiedproxy.identity;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON of a registration's metadata, as tickets, the database and the control API carry it.
 *
 * <p>Numbers keep their spelling's value: fractions are decimals, so that what was registered,
 * stored and signed compares equal.
 */
public final class MetadataJson {
    /** The largest metadata, in bytes of compact JSON in UTF-8. */
    public static final int MAX_BYTES = 4096;

    /** How deep objects and arrays may be nested, the metadata object itself being the first. */
    public static final int MAX_DEPTH = 8;

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final JsonMapper MAPPER = mapper(MAX_DEPTH + 2);

    private MetadataJson() {}

    /**
     * A strict reader and writer: repeated keys and anything behind the value are refused.
     *
     * @param maxDepth how deep objects and arrays may be nested
     */
    public static JsonMapper mapper(int maxDepth) {
        JsonFactory factory =
                JsonFactory.builder()
                        .streamReadConstraints(
                                StreamReadConstraints.builder().maxNestingDepth(maxDepth).build())
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
    }

    /**
     * Writes it compactly.
     *
     * @throws IllegalArgumentException when a text in it is not Unicode
     */
    public static String write(Map<String, Object> metadata) {
        try {
            String json = MAPPER.writeValueAsString(metadata);
            if (StandardCharsets.UTF_8.newEncoder().canEncode(json)) {
                return json;
            }
        } catch (JacksonException e) {
            throw refuse(e);
        }
        throw new IllegalArgumentException("metadata: half a surrogate pair (expected: Unicode)");
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @return an unmodifiable map
     * @throws IllegalArgumentException when it is not one JSON object
     */
    public static Map<String, Object> read(String json) {
        try {
            Map<String, Object> map = MAPPER.readValue(json, OBJECT);
            if (map == null) {
                throw new IllegalArgumentException("metadata: null (expected: a JSON object)");
            }
            return freeze(map);
        } catch (JacksonException e) {
            throw refuse(e);
        }
    }

    /** A deep copy that cannot be modified. */
    public static Map<String, Object> freeze(Map<String, Object> metadata) {
        Map<String, Object> copy = LinkedHashMap.newLinkedHashMap(metadata.size());
        metadata.forEach((key, value) -> copy.put(key, freezeValue(value)));
        return Collections.unmodifiableMap(copy);
    }

    private static Object freezeValue(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
            map.forEach((key, inner) -> copy.put(String.valueOf(key), freezeValue(inner)));
            return Collections.unmodifiableMap(copy);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            list.forEach(inner -> copy.add(freezeValue(inner)));
            return Collections.unmodifiableList(copy);
        }
        return value;
    }

    /** The parser's own message, without the excerpt of the source. */
    private static IllegalArgumentException refuse(JacksonException e) {
        return new IllegalArgumentException(
                "metadata: not valid JSON (" + e.getOriginalMessage() + ")", e);
    }
}
