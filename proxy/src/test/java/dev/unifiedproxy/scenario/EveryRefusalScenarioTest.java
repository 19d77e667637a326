package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.error.ErrorCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Provokes every refusal and failure that can be had from outside, so that the hunt at the end of
 * the class sees what the proxy says and writes about each of them.
 */
@Timeout(90)
class EveryRefusalScenarioTest {
    /**
     * A peer that swallows packets, a full disk, a drain, a defect and another proxy cannot be had
     * here.
     */
    private static final Set<ErrorCode> OUT_OF_REACH =
            EnumSet.of(
                    ErrorCode.CONNECT_TIMEOUT,
                    ErrorCode.UPSTREAM_PROXY_REFUSED,
                    ErrorCode.AUDIT_BACKLOG,
                    ErrorCode.STOPPING,
                    ErrorCode.INTERNAL);

    private static final String SECRET = "GET /x";

    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing()
                    .resolving("free.example", "self-signed.example", "rules.example")
                    .resolving("api.anthropic.com", "api.perplexity.ai", "blocked.example")
                    .resolving("api.github.com")
                    .hostsLine("127.0.0.99 closed.example")
                    .setting("PROXY_REQUEST_HEAD_TIMEOUT_SECONDS", "1")
                    .setting("PROXY_UPSTREAM_TIMEOUT_SECONDS", "1")
                    .setting("PROXY_MAX_CONNECTIONS_PER_CONTAINER", "4")
                    .rules(
                            """
                            version: 1
                            rules:
                              - name: denied
                                action: deny
                                hosts: [free.example]
                                paths: [/denied]
                              - name: inspected
                                action: inspect
                                hosts: [free.example]
                                paths: [/inspected]
                                body:
                                  max_bytes: 10
                                  json: [{field: /ok, required: true}]
                              - name: limited
                                action: rate_limit
                                hosts: [free.example]
                                paths: [/limited]
                                rate: {requests: 1, per_seconds: 3600}
                            """)
                    .policy(
                            """
                            version: "1"
                            domains:
                              - free.example
                              - self-signed.example
                              - rules.example
                              - api.anthropic.com
                              - api.perplexity.ai
                              - api.github.com
                              - closed.example
                              - nowhere.example
                              - private.example
                              - "!blocked.example"
                              - "*.blocked.example"
                            http_endpoints:
                              - host: rules.example
                                methods: [GET]
                                paths: ["/public/**"]
                            """);

    @Test
    void everyCodeIsRecordedAndNoneTellsASecret() throws Exception {
        PROXY.dns().put("private.example", "10.0.0.1");
        refusedHeads();
        refusedRequests();
        refusedInside();
        brokenTunnels();
        brokenClients();
        tooManyConnections();
        Set<String> expected =
                EnumSet.complementOf(EnumSet.copyOf(OUT_OF_REACH)).stream()
                        .map(ErrorCode::id)
                        .collect(Collectors.toSet());
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () ->
                                assertThat(
                                                PROXY.records().stream()
                                                        .map(r -> r.path("code").asString(""))
                                                        .filter(code -> !code.isEmpty())
                                                        .collect(Collectors.toSet()))
                                        .containsExactlyInAnyOrderElementsOf(expected));
    }

    private static void refusedHeads() throws IOException {
        Client client = PROXY.client();
        client.send("NO PROTOCOL\r\n\r\n");
        client.get("http://free.example/", "X-Long: " + "x".repeat(70_000));
        client.send("BREW http://free.example/ HTTP/1.1\r\nHost: free.example\r\n\r\n");
        client.send("GET http://free.example/ HTTP/1.0\r\nHost: free.example\r\n\r\n");
        client.get("http://free.example/", "Upgrade: h2c");
        client.get("http://free.example/a/../b");
        client.send("GET http://free.example/ HTTP/1.1\r\nHost: other.example\r\n\r\n");
        client.send(SECRET + " HTTP/1.1\r\nHost: free.example\r\n\r\n");
    }

    private static void refusedRequests() throws IOException {
        Client client = PROXY.client();
        PROXY.client(ProxyUnderTest.STRANGER).get("http://free.example/");
        client.get("http://free.example/", "X-Container-Id: " + ProxyUnderTest.BOT);
        client.with(ProxyUnderTest.CONTAINER + ":forged").get("http://free.example/");
        client.get("http://evil.example/");
        client.get("http://free.example:81/");
        client.get("http://1.2.3.4/");
        client.get("http://blocked.example/");
        client.get("http://rules.example/secret");
        client.get("http://free.example/denied");
        client.send(posted("{}"));
        client.send(posted("{\"ok\": 12345}"));
        client.get("http://free.example/limited");
        client.get("http://free.example/limited");
        client.send("DELETE http://rules.example/public/x HTTP/1.1\r\nHost: rules.example\r\n\r\n");
        client.get("http://api.anthropic.com/");
        client.get("http://free.example/?k=CREDENTIAL_PROXY_PLACEHOLDER");
        client.get("http://nowhere.example/");
        client.get("http://private.example/");
        client.get("http://closed.example/");
        client.get("http://free.example/raw/garbage");
        client.get("http://free.example/drop");
        client.get("http://free.example/delay/4000");
    }

    private static String posted(String json) {
        return "POST http://free.example/inspected HTTP/1.1\r\nHost: free.example\r\n"
                + "Content-Type: application/json\r\nContent-Length: "
                + json.length()
                + "\r\n\r\n"
                + json;
    }

    private static void refusedInside() throws IOException {
        Client client = PROXY.client();
        client.inside("api.perplexity.ai", SECRET);
        client.inside("self-signed.example", SECRET);
        client.inside("api.github.com", "DELETE /repos/octo/allowed");
        client.inside("api.github.com", "GET /repos/octo/allowed");
        client.inside("api.github.com", "GET /graphql");
        try (Connection tunnel = client.tunnel("api.anthropic.com:443")) {
            tunnel.write("GET / HTTP/1.1\r\nHost: other.example\r\n\r\n");
            tunnel.read();
        }
    }

    private static void brokenTunnels() throws IOException {
        Client client = PROXY.client();
        assertThatThrownBy(() -> client.tunnel("api.anthropic.com:443", Optional.of("a.example")))
                .isInstanceOf(IOException.class);
        try (Connection tunnel = client.rawTunnel("api.anthropic.com:443")) {
            tunnel.write("SSH-2.0-x\r\n");
            assertThat(tunnel.closed()).isTrue();
        }
        try (Connection tunnel = client.rawTunnel("api.anthropic.com:443")) {
            tunnel.write("\u0016\u0003\u0001\u0000\u0004\u0001\u0000\u0000\u0000");
            assertThat(tunnel.read(1)).as("an alert").isEqualTo("\u0015");
        }
    }

    private static void brokenClients() throws IOException {
        try (Connection slow = PROXY.client().connect()) {
            slow.write("GET http://fre");
            assertThat(slow.read().code()).isEqualTo("http.request_timeout");
        }
        PROXY.client().rawTunnel("api.anthropic.com:443").close();
    }

    private static void tooManyConnections() throws IOException {
        List<Connection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                Connection connection = PROXY.client(ProxyUnderTest.BOT_ADDRESS).connect();
                connections.add(connection);
                connection.write("GET http://free.example/ HTTP/1.1\r\nHost: free.example\r\n\r\n");
                assertThat(connection.read().status()).isEqualTo(i < 4 ? 200 : 503);
            }
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }
}
