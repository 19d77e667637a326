package dev.unifiedproxy.control;

import java.time.Duration;
import java.util.Map;

/**
 * A request to register a container.
 *
 * @param id the container's name
 * @param address where its connections come from, an IPv4 or IPv6 literal
 * @param ttl how long the registration lives after the last traffic, in whole seconds; zero is for
 *     ever
 * @param metadata a JSON object; empty for none
 */
public record NewRegistration(
        String id, String address, Duration ttl, Map<String, Object> metadata) {}
