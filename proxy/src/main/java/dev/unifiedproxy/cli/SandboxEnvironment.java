package dev.unifiedproxy.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The variables that a sandbox needs so that its tools use the proxy, trust its certificates, and
 * carry placeholders where they expect keys. There is no real secret among them; the ticket is
 * worth something at the sandbox's own address only.
 *
 * <p>ALL_PROXY is left out on purpose: it would send protocols that the proxy does not speak.
 */
final class SandboxEnvironment {
    /** What stands where a tool expects a key; the proxy puts the real one in its place. */
    static final String PLACEHOLDER = "CREDENTIAL_PROXY_PLACEHOLDER";

    /** Where the compose files mount the certificates. */
    private static final Path MOUNTED = Path.of("/certs");

    private static final String DIRECT = "localhost,127.0.0.1,::1";

    private SandboxEnvironment() {}

    /**
     * Where the proxy is for the sandbox.
     *
     * @param host a name or an address
     * @param port 1 to 65535
     */
    record Endpoint(String host, int port) {}

    /** The variables in the order in which they are printed. */
    static Map<String, String> of(
            String container, String ticket, Endpoint proxy, Path certificates) {
        Map<String, String> variables = new LinkedHashMap<>();
        String url = url(container, ticket, proxy);
        for (String name :
                new String[] {"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"}) {
            variables.put(name, url);
        }
        variables.put("NO_PROXY", DIRECT);
        variables.put("no_proxy", DIRECT);
        trust(variables, certificates);
        node(variables, certificates);
        git(variables, certificates);
        placeholders(variables);
        return variables;
    }

    private static void trust(Map<String, String> variables, Path certificates) {
        String bundle = certificates.resolve("ca-certificates.crt").toString();
        variables.put("SSL_CERT_FILE", bundle);
        variables.put("REQUESTS_CA_BUNDLE", bundle);
        variables.put("CURL_CA_BUNDLE", bundle);
        // wget built with GnuTLS reads no variable that names a certificate, only a settings file.
        String settings = certificates.equals(MOUNTED) ? "wgetrc-mounted" : "wgetrc";
        variables.put("WGETRC", certificates.resolve(settings).toString());
    }

    private static void node(Map<String, String> variables, Path certificates) {
        String bootstrap = certificates.resolve("node-proxy.cjs").toString();
        boolean quoted = bootstrap.contains(" ") || bootstrap.contains("\"");
        variables.put("NODE_EXTRA_CA_CERTS", certificates.resolve("mitmproxy-ca.pem").toString());
        variables.put(
                "NODE_OPTIONS",
                "--require="
                        + (quoted
                                ? '"' + bootstrap.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
                                : bootstrap));
        variables.put("NODE_USE_ENV_PROXY", "1");
        variables.put("npm_config_cafile", certificates.resolve("ca-certificates.crt").toString());
    }

    private static void git(Map<String, String> variables, Path certificates) {
        variables.put("GIT_SSL_CAINFO", certificates.resolve("ca-certificates.crt").toString());
        // Without it git waits to be asked for the ticket, which the proxy never does.
        variables.put("GIT_HTTP_PROXY_AUTHMETHOD", "basic");
        variables.put("GIT_TERMINAL_PROMPT", "0");
    }

    private static void placeholders(Map<String, String> variables) {
        for (String name :
                new String[] {
                    "ANTHROPIC_API_KEY",
                    "OPENAI_API_KEY",
                    "GOOGLE_API_KEY",
                    "GEMINI_API_KEY",
                    "TAVILY_API_KEY",
                    "SEMANTIC_SCHOLAR_API_KEY",
                    "PERPLEXITY_API_KEY",
                    "ZHIPU_API_KEY"
                }) {
            variables.put(name, PLACEHOLDER);
        }
        variables.put("GH_TOKEN", "gho_" + PLACEHOLDER);
        // Empty on purpose: an unset one would be inherited from the host.
        variables.put("GITHUB_TOKEN", "");
    }

    private static String url(String container, String ticket, Endpoint proxy) {
        String host = proxy.host().contains(":") ? "[" + proxy.host() + "]" : proxy.host();
        return "http://%s:%s@%s:%d"
                .formatted(escape(container), escape(ticket), host, proxy.port());
    }

    /**
     * Everything but the unreserved characters as percent escapes
     * (https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.1).
     */
    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b > 0 && (Character.isLetterOrDigit(b) || "-._~".indexOf(b) >= 0);
            escaped.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b & 0xff));
        }
        return escaped.toString();
    }
}
