package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Servers are reached through the operator's own proxy, whose password is a canary. */
@Timeout(60)
class UpstreamProxyScenarioTest {
    private static final String PASSWORD = Canaries.of("TAVILY_API_KEY");
    private static final ConnectProxy OPERATORS =
            new ConnectProxy(
                    "Basic "
                            + Base64.getEncoder()
                                    .encodeToString(
                                            ("proxy:" + PASSWORD).getBytes(StandardCharsets.UTF_8)),
                    UpstreamProxyScenarioTest::server);

    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing("pinned.example", "direct.example")
                    .allowingUnresolved("named.example", "unknown.example", "private.example")
                    .allowingUnresolved("github.com", "refused.example")
                    .setting(
                            "PROXY_UPSTREAM_PROXY",
                            "http://proxy:"
                                    + URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8)
                                    + "@127.0.0.1:"
                                    + OPERATORS.port())
                    .setting("PROXY_UPSTREAM_NO_PROXY", "other.example, *.direct.example");

    private static String server() {
        return PROXY.upstream().address();
    }

    @BeforeEach
    void forget() {
        OPERATORS.targets().clear();
        PROXY.dns().put("named.example", "93.184.216.34");
        PROXY.dns().put("github.com", "140.82.121.3");
        PROXY.dns().put("private.example", "10.0.0.1");
    }

    @AfterAll
    static void close() throws IOException {
        OPERATORS.close();
    }

    @Test
    void aNameIsAskedForAsAName() throws IOException {
        assertThat(PROXY.client().get("http://named.example/").status()).isEqualTo(200);
        assertThat(OPERATORS.targets()).containsExactly("named.example:80");
    }

    @Test
    void tlsIsVerifiedThroughTheTunnel() throws IOException {
        assertThat(PROXY.client().inside("github.com", "GET /").status()).isEqualTo(200);
        assertThat(OPERATORS.targets()).containsExactly("github.com:443");
    }

    @Test
    void aNameThatOnlyTheOtherProxyKnowsIsAskedForToo() throws IOException {
        assertThat(PROXY.client().get("http://unknown.example/").status()).isEqualTo(200);
        assertThat(OPERATORS.targets()).containsExactly("unknown.example:80");
    }

    @Test
    void anAddressOfTheHostsFileStandsForItsName() throws IOException {
        assertThat(PROXY.client().get("http://pinned.example/").status()).isEqualTo(200);
        assertThat(OPERATORS.targets()).containsExactly(server() + ":80");
    }

    @Test
    void anExemptNameIsDialledDirectly() throws IOException {
        assertThat(PROXY.client().get("http://direct.example/").status()).isEqualTo(200);
        assertThat(OPERATORS.targets()).isEmpty();
    }

    @Test
    void aNameThatLeadsToAForbiddenAddressIsNotAskedFor() throws IOException {
        assertThat(PROXY.client().get("http://private.example/").outcome())
                .isEqualTo("403 upstream.address_forbidden");
        assertThat(OPERATORS.targets()).isEmpty();
        PROXY.assertUpstreamUntouched();
    }

    @Test
    void whatTheOtherProxyRefusesIsSaid() throws IOException {
        Reply refused = PROXY.client().get("http://refused.example/");
        assertThat(refused.outcome()).isEqualTo("502 upstream.proxy_refused");
        assertThat(refused.body()).contains("answered CONNECT with 403");
    }
}
