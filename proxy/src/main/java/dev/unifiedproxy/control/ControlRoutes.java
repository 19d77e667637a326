package dev.unifiedproxy.control;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.identity.TicketAuthority;
import dev.unifiedproxy.registry.ContainerRegistry;
import dev.unifiedproxy.registry.Registration;
import dev.unifiedproxy.registry.RegistrationConflictException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the control API answers. Blocking code, run on virtual threads. */
public final class ControlRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(ControlRoutes.class);
    private static final String HEALTH = "/internal/health";
    private static final String ACKNOWLEDGE = "/internal/health/acknowledge";
    private static final String ROTATE = "/internal/ca/rotate";
    private static final String CONTAINERS = "/internal/containers";
    private static final String ONE_CONTAINER = CONTAINERS + "/";
    private static final int MAX_ECHO = 128;

    private final ContainerRegistry registry;
    private final TicketAuthority tickets;
    private final InstantSource clock;
    private final AuthorityRotation authority;
    private final HealthReport health;
    private final MetadataCheck metadata;

    /**
     * The routes.
     *
     * @param registry what they read and change
     * @param tickets issues the tickets of registrations
     * @param clock the time of issue
     * @param authority what sandboxes trust
     * @param health what else {@code /internal/health} speaks of
     * @param metadata what the metadata of a registration has to be
     */
    public ControlRoutes(
            ContainerRegistry registry,
            TicketAuthority tickets,
            InstantSource clock,
            AuthorityRotation authority,
            HealthSource health,
            MetadataCheck metadata) {
        this.registry = registry;
        this.tickets = tickets;
        this.clock = clock;
        this.authority = authority;
        this.health = new HealthReport(registry, health);
        this.metadata = metadata;
    }

    /** Answers; a defect is answered with 500 and logged. */
    ControlResponse handle(ControlRequest request) {
        try {
            return route(request);
        } catch (RejectedRequestException e) {
            return e.response();
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", request.method(), echo(request.path()), e);
            return request.path().equals(HEALTH)
                    ? ControlJson.ok(
                            503,
                            ControlJson.object()
                                    .put("status", "unhealthy")
                                    .put("error", "health could not be determined"))
                    : ControlJson.error(500, "Internal error", failureText(request));
        }
    }

    private ControlResponse route(ControlRequest request) throws RejectedRequestException {
        String path = request.path();
        String method = request.method();
        return switch (path) {
            case HEALTH -> method.equals("GET") ? health.answer() : notAllowed("GET");
            case ACKNOWLEDGE -> method.equals("POST") ? acknowledge() : notAllowed("POST");
            case ROTATE -> method.equals("POST") ? rotate(request) : notAllowed("POST");
            case CONTAINERS ->
                    switch (method) {
                        case "GET" -> list();
                        case "POST" -> register(request);
                        default -> notAllowed("GET, POST");
                    };
            default -> {
                Optional<String> id = containerId(path);
                yield id.isPresent()
                        ? routeOne(method, id.get())
                        : ControlJson.error(404, "Not found");
            }
        };
    }

    private ControlResponse routeOne(String method, String id) {
        return switch (method) {
            case "GET" -> show(id);
            case "DELETE" -> remove(id);
            default -> notAllowed("GET, DELETE");
        };
    }

    /** The segment behind the collection, decoded; empty when the path is another one. */
    private static Optional<String> containerId(String path) {
        if (!path.startsWith(ONE_CONTAINER)) {
            return Optional.empty();
        }
        String segment = path.substring(ONE_CONTAINER.length());
        return segment.isEmpty() || segment.indexOf('/') >= 0
                ? Optional.empty()
                : Optional.of(decode(segment));
    }

    /** Decodes what is validly encoded; no id has a '%', so the rest is simply not found. */
    private static String decode(String segment) {
        StringBuilder out = new StringBuilder(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            int value = c == '%' && i + 2 < segment.length() ? hex(segment, i + 1) : -1;
            if (value >= 0) {
                out.append((char) value);
                i += 2;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static int hex(String text, int at) {
        int high = Character.digit(text.charAt(at), 16);
        int low = Character.digit(text.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private ControlResponse acknowledge() {
        registry.acknowledge();
        return ControlJson.ok(200, ControlJson.object().put("status", "acknowledged"));
    }

    private ControlResponse rotate(ControlRequest request) throws RejectedRequestException {
        if (request.body().length > 0) {
            requireJson(request.contentType());
        }
        return authority
                .rotate(RotationParser.overlap(request.body()))
                .map(
                        rotated ->
                                ControlJson.ok(
                                        200,
                                        ControlJson.object()
                                                .put(
                                                        "status",
                                                        rotated.over() ? "rotated" : "rotating")
                                                .put("old_sha256", rotated.oldSha256())
                                                .put("new_sha256", rotated.newSha256())
                                                .put(
                                                        "overlap_ends",
                                                        rotated.overlapEnds().toString())))
                .orElseGet(
                        () ->
                                ControlJson.error(
                                        409,
                                        "Conflict",
                                        "A rotation goes on already; an overlap of 0 completes"
                                                + " it"));
    }

    private ControlResponse register(ControlRequest request) throws RejectedRequestException {
        requireJson(request.contentType());
        try {
            Registration registration = RegistrationParser.parse(request.body());
            requireMetadata(registration);
            Container container = registry.register(registration);
            LOG.info("Container {} registered at {}", container.id(), container.address());
            return ControlJson.ok(201, withTicket("registered", container));
        } catch (RegistrationConflictException e) {
            return ControlJson.error(409, "Conflict", String.valueOf(e.getMessage()));
        }
    }

    private void requireMetadata(Registration registration) throws RejectedRequestException {
        List<String> problems = metadata.problems(registration.id(), registration.metadata());
        if (!problems.isEmpty()) {
            throw new RejectedRequestException(
                    400, "Invalid metadata", String.join("; ", problems));
        }
    }

    private static void requireJson(Optional<String> contentType) throws RejectedRequestException {
        String type = contentType.orElse("");
        int parameters = type.indexOf(';');
        String media = parameters < 0 ? type : type.substring(0, parameters);
        if (!media.strip().toLowerCase(Locale.ROOT).equals("application/json")) {
            throw new RejectedRequestException(
                    415, "Unsupported media type", "Content-Type must be application/json");
        }
    }

    private ControlResponse list() {
        List<Container> containers = registry.list();
        ObjectNode body = ControlJson.object();
        body.put("status", "ok").put("count", containers.size());
        ArrayNode array = body.putArray("containers");
        containers.forEach(container -> array.add(ControlJson.container(container)));
        return ControlJson.ok(200, body);
    }

    private ControlResponse show(String id) {
        return registry.byId(id)
                .map(container -> ControlJson.ok(200, withTicket("found", container)))
                .orElseGet(
                        () ->
                                ControlJson.error(
                                        404,
                                        "Not found",
                                        "Container " + echo(id) + " not registered or expired"));
    }

    private ControlResponse remove(String id) {
        if (!registry.remove(id)) {
            return ControlJson.error(404, "Not found", "Container " + echo(id) + " not registered");
        }
        LOG.info("Container {} unregistered", id);
        return ControlJson.ok(
                200, ControlJson.object().put("status", "unregistered").put("container_id", id));
    }

    private ObjectNode withTicket(String status, Container container) {
        Instant now = clock.instant();
        ObjectNode body = ControlJson.object().put("status", status);
        body.set("container", ControlJson.container(container));
        return body.put("ticket", tickets.issue(container, now));
    }

    private static ControlResponse notAllowed(String allowed) {
        return ControlJson.with(ControlJson.error(405, "Method not allowed"), "Allow", allowed);
    }

    private static String failureText(ControlRequest request) {
        if (request.path().equals(ROTATE)) {
            return "Failed to rotate the CA";
        }
        return switch (request.method()) {
            case "POST" -> "Failed to register container";
            case "DELETE" -> "Failed to unregister container";
            default -> "Failed to read containers";
        };
    }

    /** What a client sent, cut and without control characters, for a text or the log. */
    private static String echo(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), MAX_ECHO); i++) {
            char c = text.charAt(i);
            out.append(c < 0x20 || c > 0x7e ? '?' : c);
        }
        return out.toString();
    }
}
