package dev.unifiedproxy.control;

import dev.unifiedproxy.host.HostSyntaxException;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.identity.MetadataJson;
import dev.unifiedproxy.registry.Registration;

import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * Reads the body of a registration, with one text for each thing that can be wrong with it. The
 * checks are made in the order in which they stand here; unknown keys are ignored.
 */
final class RegistrationParser {
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final int MAX_NESTING = 64;
    private static final JsonMapper MAPPER = MetadataJson.mapper(MAX_NESTING);

    private RegistrationParser() {}

    /**
     * Reads it.
     *
     * @throws RejectedRequestException with status 400 when it is not a registration
     */
    static Registration parse(byte[] body) throws RejectedRequestException {
        JsonNode root = object(body);
        JsonNode id = root.path("container_id");
        JsonNode address = root.path("ip_address");
        requirePresent(id, "container_id");
        requirePresent(address, "ip_address");
        return new Registration(
                containerId(id),
                address(address),
                timeToLive(root.path("ttl_seconds")),
                metadata(root.path("metadata")));
    }

    private static JsonNode object(byte[] body) throws RejectedRequestException {
        try {
            JsonNode root = MAPPER.readTree(body);
            if (root != null && root.isObject()) {
                return root;
            }
        } catch (JacksonException e) {
            throw invalidRequest();
        }
        throw invalidRequest();
    }

    private static RejectedRequestException invalidRequest() {
        return reject("Invalid request", "Request body must be valid JSON");
    }

    /** Present means: not null, false, zero or empty, as the public implementation has it. */
    private static void requirePresent(JsonNode node, String name) throws RejectedRequestException {
        boolean absent =
                node.isMissingNode()
                        || node.isNull()
                        || (node.isBoolean() && !node.booleanValue())
                        || (node.isNumber() && node.decimalValue().signum() == 0)
                        || (node.isString() && node.stringValue().isEmpty())
                        || (node.isContainer() && node.isEmpty());
        if (absent) {
            throw reject("Missing required field", name + " is required");
        }
    }

    private static String containerId(JsonNode node) throws RejectedRequestException {
        if (!node.isString() || node.stringValue().length() > Registration.MAX_ID_LENGTH) {
            throw reject(
                    "Invalid container_id",
                    "container_id must be a string of 128 characters or less");
        }
        if (!Registration.isValidId(node.stringValue())) {
            throw reject(
                    "Invalid container_id",
                    "container_id must consist of letters, digits, '.', '_', ':' and '-'");
        }
        return node.stringValue();
    }

    private static IpAddress address(JsonNode node) throws RejectedRequestException {
        try {
            if (node.isString()) {
                return IpAddress.parse(node.stringValue());
            }
        } catch (HostSyntaxException e) {
            throw invalidAddress();
        }
        throw invalidAddress();
    }

    private static RejectedRequestException invalidAddress() {
        return reject("Invalid ip_address", "ip_address must be a valid IPv4 or IPv6 address");
    }

    /** 0 is the one exception to the text: it means that the registration never expires. */
    private static Duration timeToLive(JsonNode node) throws RejectedRequestException {
        if (node.isMissingNode()) {
            return Registration.DEFAULT_TTL;
        }
        if (!node.isIntegralNumber() || node.bigIntegerValue().signum() < 0) {
            throw reject("Invalid ttl_seconds", "ttl_seconds must be a positive integer");
        }
        long most = Registration.MAX_TTL.toSeconds();
        if (!node.canConvertToLong() || node.longValue() > most) {
            throw reject(
                    "Invalid ttl_seconds",
                    "ttl_seconds must be a positive integer of at most "
                            + most
                            + ", or 0 for a registration that never expires");
        }
        return Duration.ofSeconds(node.longValue());
    }

    private static Map<String, Object> metadata(JsonNode node) throws RejectedRequestException {
        if (node.isMissingNode() || node.isNull()) {
            return Map.of();
        }
        if (!node.isObject()) {
            throw invalidMetadata("metadata must be a JSON object");
        }
        if (depth(node) > MetadataJson.MAX_DEPTH) {
            throw invalidMetadata(
                    "metadata must be nested at most " + MetadataJson.MAX_DEPTH + " levels deep");
        }
        try {
            Map<String, Object> metadata = MAPPER.convertValue(node, OBJECT);
            int bytes = MetadataJson.write(metadata).getBytes(StandardCharsets.UTF_8).length;
            if (bytes <= MetadataJson.MAX_BYTES) {
                return metadata;
            }
            throw invalidMetadata(
                    "metadata must be at most "
                            + MetadataJson.MAX_BYTES
                            + " bytes of JSON; it has "
                            + bytes);
        } catch (JacksonException | IllegalArgumentException e) {
            throw invalidMetadata("metadata must be a JSON object of Unicode text");
        }
    }

    private static RejectedRequestException invalidMetadata(String message) {
        return reject("Invalid metadata", message);
    }

    private static int depth(JsonNode node) {
        int deepest = 0;
        for (JsonNode inner : node.values()) {
            deepest = Math.max(deepest, depth(inner));
        }
        return node.isContainer() ? deepest + 1 : 0;
    }

    private static RejectedRequestException reject(String error, String message) {
        return new RejectedRequestException(400, error, message);
    }
}
