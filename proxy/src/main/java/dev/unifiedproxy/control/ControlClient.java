package dev.unifiedproxy.control;

import dev.unifiedproxy.control.UnixSocketHttp.Answer;

import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The client of the control API: one short connection to the unix socket for each call. Blocks;
 * never used on an event loop.
 */
public final class ControlClient {
    private static final String CONTAINERS = "/internal/containers";
    private static final byte[] NO_BODY = {};
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final JsonMapper json = JsonMapper.builder().build();
    private final UnixSocketHttp http;

    /**
     * @param socket the socket file
     * @param timeout for one call as a whole
     * @param ticker nanoseconds of a monotonic clock
     */
    public ControlClient(Path socket, Duration timeout, LongSupplier ticker) {
        this.http = new UnixSocketHttp(socket, timeout, ticker);
    }

    /**
     * What the proxy says about itself; an unhealthy one is a result, not an error.
     *
     * @throws ControlException when there is no usable answer
     */
    public Health health() throws ControlException {
        Answer answer = http.exchange("GET", "/internal/health", NO_BODY);
        JsonNode body = read(answer.body());
        if (!body.path("status").isString()) {
            throw refusal(answer, body);
        }
        return new Health(
                body.path("status").asString(), body.path("containers_registered").asLong(0));
    }

    /**
     * Registers a container, or renews and changes its registration.
     *
     * @return the registration with its ticket
     * @throws ControlRefusedException 400 for a value that cannot be, 409 for an address that
     *     another container has
     * @throws ControlException when there is no usable answer
     */
    public RegisteredContainer register(NewRegistration registration) throws ControlException {
        ObjectNode body = json.createObjectNode();
        body.put("container_id", registration.id());
        body.put("ip_address", registration.address());
        body.put("ttl_seconds", registration.ttl().toSeconds());
        if (!registration.metadata().isEmpty()) {
            body.set("metadata", json.valueToTree(registration.metadata()));
        }
        return single(call("POST", CONTAINERS, json.writeValueAsBytes(body)));
    }

    /**
     * All registrations, in the server's order, without tickets.
     *
     * @throws ControlException when there is no usable answer
     */
    public List<RegisteredContainer> containers() throws ControlException {
        List<RegisteredContainer> views = new ArrayList<>();
        for (JsonNode container : call("GET", CONTAINERS, NO_BODY).path("containers")) {
            views.add(view(container, Optional.empty()));
        }
        return List.copyOf(views);
    }

    /**
     * One registration with its ticket.
     *
     * @throws ControlRefusedException 404 when it is not registered or has expired
     * @throws ControlException when there is no usable answer
     */
    public RegisteredContainer container(String id) throws ControlException {
        return single(call("GET", CONTAINERS + "/" + encode(id), NO_BODY));
    }

    /**
     * Ends a registration; the container's connections close within seconds.
     *
     * @throws ControlRefusedException 404 when it is not registered
     * @throws ControlException when there is no usable answer
     */
    public void remove(String id) throws ControlException {
        call("DELETE", CONTAINERS + "/" + encode(id), NO_BODY);
    }

    /**
     * Replaces the authority that sandboxes trust.
     *
     * @param overlap how long the old one stays good
     * @throws ControlRefusedException 409 when a rotation goes on already
     * @throws ControlException when there is no usable answer
     */
    public RotatedAuthority rotateAuthority(Duration overlap) throws ControlException {
        ObjectNode body = json.createObjectNode().put("overlap_seconds", overlap.toSeconds());
        JsonNode answer = call("POST", "/internal/ca/rotate", json.writeValueAsBytes(body));
        try {
            return new RotatedAuthority(
                    answer.required("old_sha256").stringValue(),
                    answer.required("new_sha256").stringValue(),
                    Instant.parse(answer.required("overlap_ends").stringValue()),
                    answer.path("status").asString("").equals("rotated"));
        } catch (JacksonException | DateTimeException e) {
            throw new ControlAnswerException(
                    "the answer on the control socket is not a rotation", e);
        }
    }

    private JsonNode call(String method, String path, byte[] body) throws ControlException {
        Answer answer = http.exchange(method, path, body);
        JsonNode read = read(answer.body());
        if (answer.status() / 100 != 2) {
            throw refusal(answer, read);
        }
        return read;
    }

    private JsonNode read(String body) throws ControlAnswerException {
        try {
            return json.readTree(body);
        } catch (JacksonException e) {
            throw new ControlAnswerException("the answer on the control socket is not JSON", e);
        }
    }

    private static ControlRefusedException refusal(Answer answer, JsonNode body) {
        String error = body.path("error").asString("");
        String message = body.path("message").asString("");
        String text =
                error.isEmpty() || message.isEmpty() ? error + message : error + ": " + message;
        return new ControlRefusedException(
                answer.status(), text.isEmpty() ? "status " + answer.status() : text);
    }

    private RegisteredContainer single(JsonNode answer) throws ControlAnswerException {
        String ticket = answer.path("ticket").asString("");
        return view(
                answer.path("container"),
                ticket.isEmpty() ? Optional.empty() : Optional.of(ticket));
    }

    private RegisteredContainer view(JsonNode container, Optional<String> ticket)
            throws ControlAnswerException {
        try {
            JsonNode metadata = container.path("metadata");
            return new RegisteredContainer(
                    container.required("container_id").stringValue(),
                    container.required("ip_address").stringValue(),
                    instant(container.required("registered_at").doubleValue()),
                    instant(container.required("last_seen").doubleValue()),
                    Duration.ofSeconds(container.required("ttl_seconds").longValue()),
                    metadata.isObject() ? json.convertValue(metadata, OBJECT) : Map.of(),
                    ticket);
        } catch (JacksonException e) {
            throw new ControlAnswerException(
                    "the answer on the control socket is not a registration", e);
        }
    }

    private static Instant instant(double epochSeconds) {
        return Instant.ofEpochMilli(Math.round(epochSeconds * 1000));
    }

    /** Everything but the unreserved characters of RFC 3986 as percent escapes of UTF-8. */
    private static String encode(String id) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b > 0 && (Character.isLetterOrDigit(b) || "-._~".indexOf(b) >= 0);
            encoded.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b & 0xff));
        }
        return encoded.toString();
    }
}
