package dev.unifiedproxy.app;

import dev.unifiedproxy.config.PolicyLoader;
import dev.unifiedproxy.config.RegistrationPolicy;
import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.github.GithubRules;
import dev.unifiedproxy.policy.ContainerPolicies;
import dev.unifiedproxy.policy.PolicyEngine;
import dev.unifiedproxy.policy.PolicySnapshot;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.function.Supplier;

/** Loads what decides, and says in the log where it came from and what it does not cover. */
final class PolicyStart {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyStart.class);

    private PolicyStart() {}

    /** The policy of the files; the log says where it came from. */
    static PolicyReload.Start load(Settings settings) {
        PolicyReload.Start start = PolicyReload.Start.read(settings);
        PolicyLoader.Loaded loaded = start.loaded();
        loaded.written()
                .forEach(
                        file ->
                                LOG.info(
                                        "Wrote the built-in allowlist to {}; edit it to taste",
                                        file));
        if (loaded.snapshot().denyReason().isPresent()) {
            LOG.warn(
                    "No allowlist was found at {}: default-deny, every request is refused",
                    loaded.watched());
        } else {
            LOG.info("Policy {} loaded from {}", loaded.snapshot().version(), loaded.read());
        }
        settings.policy()
                .passThrough()
                .entries()
                .forEach(
                        entry ->
                                LOG.warn(
                                        "TLS to {} is passed through: no request inside it is"
                                                + " judged or recorded, no credential is attached",
                                        entry.text()));
        return start;
    }

    /**
     * The engine that decides with these settings; the command line asks the same one.
     *
     * @param snapshots the policy that decides at the moment
     */
    static PolicyEngine engine(Settings settings, Supplier<PolicySnapshot> snapshots) {
        return new PolicyEngine(
                snapshots,
                new ContainerPolicies(RegistrationPolicy::read),
                settings.policy().passThrough(),
                GithubRules.of(settings.policy().github()));
    }
}
