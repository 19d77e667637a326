package dev.unifiedproxy.app;

import dev.unifiedproxy.audit.AuditLog;
import dev.unifiedproxy.control.HealthSource;

import io.netty.util.concurrent.EventExecutorGroup;

import java.util.List;
import java.util.Map;

/** The parts of the process whose failure makes it useless, and the policy that may be old. */
final class ProcessHealth implements HealthSource {
    private final AuditLog audit;
    private final EventExecutorGroup loops;
    private final PolicyReload policy;

    ProcessHealth(AuditLog audit, EventExecutorGroup loops, PolicyReload policy) {
        this.audit = audit;
        this.loops = loops;
        this.policy = policy;
    }

    @Override
    public List<Check> checks() {
        return List.of(
                audit.failure()
                        .map(reason -> new Check("audit", State.UNHEALTHY, reason))
                        .orElseGet(() -> healthy("audit")),
                loops.isShuttingDown()
                        ? new Check("event loops", State.UNHEALTHY, "they are stopping")
                        : healthy("event loops"),
                policy.health());
    }

    private static Check healthy(String name) {
        return new Check(name, State.HEALTHY, "");
    }

    @Override
    public Map<String, String> facts() {
        return Map.of("version", Version.text(), "policy_version", policy.snapshot().version());
    }
}
