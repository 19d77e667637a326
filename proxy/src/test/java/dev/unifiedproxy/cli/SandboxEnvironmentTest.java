package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.Map;

class SandboxEnvironmentTest {
    private static final SandboxEnvironment.Endpoint PROXY =
            new SandboxEnvironment.Endpoint("unified-proxy", 8080);

    @Test
    void isExactlyThis() {
        assertThat(
                        EnvironmentFormat.DOTENV.render(
                                SandboxEnvironment.of("s", "t", PROXY, Path.of("/certs"))))
                .isEqualTo(
                        """
                        HTTP_PROXY=http://s:t@unified-proxy:8080
                        HTTPS_PROXY=http://s:t@unified-proxy:8080
                        http_proxy=http://s:t@unified-proxy:8080
                        https_proxy=http://s:t@unified-proxy:8080
                        NO_PROXY=localhost,127.0.0.1,::1
                        no_proxy=localhost,127.0.0.1,::1
                        SSL_CERT_FILE=/certs/ca-certificates.crt
                        REQUESTS_CA_BUNDLE=/certs/ca-certificates.crt
                        CURL_CA_BUNDLE=/certs/ca-certificates.crt
                        WGETRC=/certs/wgetrc-mounted
                        NODE_EXTRA_CA_CERTS=/certs/mitmproxy-ca.pem
                        NODE_OPTIONS=--require=/certs/node-proxy.cjs
                        NODE_USE_ENV_PROXY=1
                        npm_config_cafile=/certs/ca-certificates.crt
                        GIT_SSL_CAINFO=/certs/ca-certificates.crt
                        GIT_HTTP_PROXY_AUTHMETHOD=basic
                        GIT_TERMINAL_PROMPT=0
                        ANTHROPIC_API_KEY=CREDENTIAL_PROXY_PLACEHOLDER
                        OPENAI_API_KEY=CREDENTIAL_PROXY_PLACEHOLDER
                        GOOGLE_API_KEY=CREDENTIAL_PROXY_PLACEHOLDER
                        GEMINI_API_KEY=CREDENTIAL_PROXY_PLACEHOLDER
                        TAVILY_API_KEY=CREDENTIAL_PROXY_PLACEHOLDER
                        SEMANTIC_SCHOLAR_API_KEY=CREDENTIAL_PROXY_PLACEHOLDER
                        PERPLEXITY_API_KEY=CREDENTIAL_PROXY_PLACEHOLDER
                        ZHIPU_API_KEY=CREDENTIAL_PROXY_PLACEHOLDER
                        GH_TOKEN=gho_CREDENTIAL_PROXY_PLACEHOLDER
                        GITHUB_TOKEN=
                        """);
    }

    @Test
    void quotesThePathThatNodeReadsAndEscapesTheLogin() {
        Map<String, String> variables =
                SandboxEnvironment.of("a b", "t/@%", PROXY, Path.of("/my certs"));
        assertThat(variables)
                .containsEntry("NODE_OPTIONS", "--require=\"/my certs/node-proxy.cjs\"")
                .containsEntry("WGETRC", "/my certs/wgetrc")
                .containsEntry("HTTP_PROXY", "http://a%20b:t%2F%40%25@unified-proxy:8080");
    }
}
