package dev.unifiedproxy.control;

import dev.unifiedproxy.control.HealthSource.Check;
import dev.unifiedproxy.control.HealthSource.State;
import dev.unifiedproxy.registry.ContainerRegistry;
import dev.unifiedproxy.registry.RegistryHealth;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The answer to a health request: the worst of all parts, and why. */
final class HealthReport {
    private final ContainerRegistry registry;
    private final HealthSource others;

    HealthReport(ContainerRegistry registry, HealthSource others) {
        this.registry = registry;
        this.others = others;
    }

    ControlResponse answer() {
        List<Check> checks = new ArrayList<>();
        checks.add(registryCheck());
        checks.addAll(others.checks());
        String broken = reasons(checks, State.UNHEALTHY);
        if (!broken.isEmpty()) {
            return ControlJson.ok(
                    503, ControlJson.object().put("status", "unhealthy").put("error", broken));
        }
        String degraded = reasons(checks, State.DEGRADED);
        ObjectNode body =
                ControlJson.object()
                        .put("status", degraded.isEmpty() ? "healthy" : "degraded")
                        .put("containers_registered", registry.count());
        if (!degraded.isEmpty()) {
            body.put("reason", degraded);
        }
        others.facts().forEach(body::put);
        return ControlJson.ok(200, body);
    }

    private Check registryCheck() {
        return switch (registry.health()) {
            case RegistryHealth.Healthy() -> new Check("registry", State.HEALTHY, "");
            case RegistryHealth.Degraded(String reason) ->
                    new Check("registry", State.DEGRADED, reason);
            case RegistryHealth.Failed(String reason) ->
                    new Check("registry", State.UNHEALTHY, reason);
        };
    }

    private static String reasons(List<Check> checks, State state) {
        return checks.stream()
                .filter(check -> check.state() == state)
                .map(check -> check.name() + ": " + check.detail())
                .collect(Collectors.joining("; "));
    }
}
