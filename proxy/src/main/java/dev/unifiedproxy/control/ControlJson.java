package dev.unifiedproxy.control;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.control.ControlResponse.Field;
import dev.unifiedproxy.identity.MetadataJson;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/** The JSON of the control API's answers. */
final class ControlJson {
    private static final JsonMapper MAPPER = MetadataJson.mapper(MetadataJson.MAX_DEPTH + 3);

    private ControlJson() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ControlResponse ok(int status, ObjectNode body) {
        return new ControlResponse(status, MAPPER.writeValueAsString(body), Optional.empty());
    }

    static ControlResponse error(int status, String error) {
        return ok(status, object().put("error", error));
    }

    static ControlResponse error(int status, String error, String message) {
        return ok(status, object().put("error", error).put("message", message));
    }

    static ControlResponse with(ControlResponse response, String name, String value) {
        return new ControlResponse(
                response.status(), response.json(), Optional.of(new Field(name, value)));
    }

    /** The container as the table has it: seconds since the epoch, metadata null when empty. */
    static ObjectNode container(Container container) {
        ObjectNode node = object();
        node.put("container_id", container.id());
        node.put("ip_address", container.address().text());
        node.put("registered_at", seconds(container.registeredAt()));
        node.put("last_seen", seconds(container.lastSeen()));
        node.put("ttl_seconds", container.ttl().toSeconds());
        if (container.metadata().isEmpty()) {
            node.putNull("metadata");
        } else {
            node.set("metadata", MAPPER.valueToTree(container.metadata()));
        }
        return node;
    }

    /** A decimal, because a double of this size would be written with an exponent. */
    private static BigDecimal seconds(Instant instant) {
        return BigDecimal.valueOf(instant.toEpochMilli(), 3);
    }
}
