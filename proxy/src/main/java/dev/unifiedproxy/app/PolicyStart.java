package dev.unifiedproxy.app;

import dev.unifiedproxy.config.PolicyLoader;
import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.policy.PassThroughList;
import dev.unifiedproxy.policy.PolicyEngine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads what decides, and says in the log where it came from and what it does not cover. */
final class PolicyStart {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyStart.class);

    private PolicyStart() {}

    /** The engine of what the files and settings say. */
    static PolicyEngine load(Settings settings) {
        PolicyLoader.Loaded loaded = PolicyLoader.load(settings);
        loaded.written()
                .ifPresent(
                        file ->
                                LOG.info(
                                        "Wrote the built-in allowlist to {}; edit it to taste",
                                        file));
        if (loaded.read().isEmpty()) {
            LOG.warn(
                    "No allowlist was found at {}: default-deny, every request is refused",
                    loaded.watched());
        } else {
            LOG.info("Policy {} loaded from {}", loaded.snapshot().version(), loaded.read());
        }
        PassThroughList passThrough = settings.policy().passThrough();
        passThrough
                .entries()
                .forEach(
                        entry ->
                                LOG.warn(
                                        "TLS to {} is passed through: no request inside it is"
                                                + " judged or recorded, no credential is attached",
                                        entry.text()));
        return new PolicyEngine(loaded::snapshot, passThrough);
    }
}
