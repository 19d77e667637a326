package dev.unifiedproxy.cli;

import dev.unifiedproxy.control.RegisteredContainer;

import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** JSON for programs, with the field names of the control API. */
final class JsonText {
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final JsonMapper COMPACT = JsonMapper.builder().build();
    private static final JsonMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private JsonText() {}

    /** Indented. */
    static String pretty(Object value) {
        return PRETTY.writeValueAsString(value);
    }

    /** On one line. */
    static String compact(Object value) {
        return COMPACT.writeValueAsString(value);
    }

    /** Reads an object; empty when the text is not one. */
    static Optional<Map<String, Object>> object(String text) {
        try {
            return Optional.ofNullable(COMPACT.readValue(text, OBJECT));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** A registration as the control API writes it. */
    static Map<String, Object> container(RegisteredContainer view) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("container_id", view.id());
        fields.put("ip_address", view.address());
        fields.put("registered_at", epochSeconds(view.registeredAt()));
        fields.put("last_seen", epochSeconds(view.lastSeen()));
        fields.put("ttl_seconds", view.ttl().toSeconds());
        fields.put("metadata", view.metadata());
        view.ticket().ifPresent(ticket -> fields.put("ticket", ticket));
        return fields;
    }

    private static BigDecimal epochSeconds(Instant instant) {
        return BigDecimal.valueOf(instant.toEpochMilli(), 3);
    }
}
