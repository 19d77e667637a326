package dev.unifiedproxy.config;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The names of all settings. Names of other programs are none of our business. */
final class SettingNames {
    /** What {@link SettingsAssembly} reads. */
    static final Set<String> READ =
            Set.of(
                    "PROXY_BIND",
                    "PROXY_PORT",
                    "DNS_BIND",
                    "DNS_PORT",
                    "METRICS_BIND",
                    "METRICS_PORT",
                    "PROXY_METRICS_NETWORKS",
                    "PROXY_ENABLE_DNS",
                    "PROXY_TICKET",
                    "INTERNAL_API_SOCKET",
                    "RATE_LIMIT_REQUESTS",
                    "RATE_LIMIT_WINDOW",
                    "REGISTRY_DB_PATH",
                    "PROXY_RUN_DIR",
                    "PROXY_STATE_DIR",
                    "PROXY_CERTS_DIR",
                    "PROXY_CONFIG_DIR",
                    "PROXY_ALLOWLIST_PATH",
                    "PROXY_ALLOWLIST_EXTRA_PATH",
                    "PROXY_POLICY_PATH",
                    "PROXY_CLIENT_CERTIFICATES_FILE",
                    "PROXY_TLS_PASSTHROUGH",
                    "PROXY_GITHUB_ENTERPRISE_HOSTS",
                    "ALLOW_PR_OPERATIONS",
                    "PROXY_HOSTS_FILE",
                    "PROXY_DNS_UPSTREAM",
                    "PROXY_UPSTREAM_CA_FILE",
                    "PROXY_UPSTREAM_PROXY",
                    "PROXY_UPSTREAM_PROXY_AUTH_FILE",
                    "PROXY_UPSTREAM_NO_PROXY",
                    "PROXY_CONNECT_TIMEOUT_SECONDS",
                    "PROXY_UPSTREAM_TIMEOUT_SECONDS",
                    "PROXY_IDLE_TIMEOUT_SECONDS",
                    "PROXY_REQUEST_HEAD_TIMEOUT_SECONDS",
                    "PROXY_DRAIN_SECONDS",
                    "PROXY_MAX_CONNECTIONS",
                    "PROXY_MAX_CONNECTIONS_PER_CONTAINER",
                    "PROXY_MAX_UPSTREAM_CONNECTIONS",
                    "PROXY_EVENT_LOOPS",
                    "PROXY_TLS_PROVIDER",
                    "PROXY_TRANSPORT",
                    "PROXY_LOG_LEVEL",
                    "LOG_LEVEL",
                    "LOG_FORMAT",
                    "LOG_INCLUDE_TIMESTAMP",
                    "LOG_INCLUDE_LOCATION");

    /** What later versions read, and what scripts on the host use; accepted and not looked at. */
    private static final Set<String> ACCEPTED =
            Set.of(
                    "PROXY_MODE",
                    "PROXY_FILE_RESTRICTIONS_PATH",
                    "PROXY_URL",
                    "PROXY_SOCKET_PATH",
                    "PROXY_CONTAINER_NAME",
                    "PROXY_CONTAINER");

    private static final String OURS = "PROXY_";

    private SettingNames() {}

    /**
     * Notes flags that do not exist, and variables that are a slip of the pen away from one of
     * ours: a misspelt {@code PROXY_TICKET} must not pass in silence. Other variables with our
     * prefix are somebody else's (Kubernetes and test kits set such) and are left alone.
     */
    static void check(
            Map<String, String> environment, Map<String, String> flags, Problems problems) {
        for (String name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith(OURS) && Spelling.isSlip(name, READ)) {
                check(name, problems);
            }
        }
        new TreeSet<>(flags.keySet()).forEach(name -> check(name, problems));
    }

    private static void check(String name, Problems problems) {
        if (READ.contains(name) || ACCEPTED.contains(name)) {
            return;
        }
        String advice =
                Spelling.nearest(name, new TreeSet<>(READ))
                        .map(nearest -> " (did you mean " + nearest + "?)")
                        .orElse(" (expected: a name from the documentation)");
        problems.add(new Problem("", 0, 0, shown(name) + ": is not a setting" + advice));
    }

    private static String shown(String name) {
        String quoted = Problem.quoted(name);
        return quoted.substring(1, quoted.length() - 1);
    }
}
