package dev.unifiedproxy.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.scenario.Connection;
import dev.unifiedproxy.scenario.ProxyUnderTest;
import dev.unifiedproxy.scenario.Reply;
import dev.unifiedproxy.scenario.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/** threats.md section 6: where does a message end, and who reads what? */
@Timeout(60)
class FramingAttacksScenarioTest {
    private static final String HOST = "Host: api.anthropic.com\r\n";

    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing("api.anthropic.com", "plain.example").resolving("evil.example");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 5, 5\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length: 5 5\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length:\r\n",
                "Content-Length : 5\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding: identity, chunked\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: identity\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Transfer-Encoding: \u000bchunked\r\n",
                "Transfer-Encoding: \"chunked\"\r\n",
                "X: a\nTransfer-Encoding: chunked\r\n",
                "X: a\r\n b\r\n",
                "X: a\r\n\tb\r\n",
                " X: a\r\n",
                "X : a\r\n",
                ": a\r\n",
                "X\r\n",
                "X: a\rb\r\n",
                "X: a\u0000b\r\n",
                "X: a\u007fb\r\n",
                "X\u00e9: a\r\n",
                "Host: api.anthropic.com\r\n",
                "Host: evil.example\r\n",
                "host : evil.example\r\n"
            })
    void threat047_ambiguousHead(String fields) throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            tunnel.write("POST /x HTTP/1.1\r\n" + HOST + fields + "\r\nhello");
            PROXY.assertRefused(tunnel.read(), "400 http.malformed");
            assertThat(tunnel.closed()).as("nothing behind it is read").isTrue();
        }
        Reply plain =
                PROXY.client()
                        .send(
                                "POST http://plain.example/x HTTP/1.1\r\nHost: plain.example\r\n"
                                        + fields
                                        + "\r\nhello");
        PROXY.assertRefused(plain, "400 http.malformed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /x HTTP/1.1\n" + HOST + "\r\n",
                "GET  /x HTTP/1.1\r\n" + HOST + "\r\n",
                "GET /x  HTTP/1.1\r\n" + HOST + "\r\n",
                "GET /x\tHTTP/1.1\r\n" + HOST + "\r\n",
                " GET /x HTTP/1.1\r\n" + HOST + "\r\n",
                "GET /x HTTP/1.1 \r\n" + HOST + "\r\n",
                "GET /x\r\n\r\n",
                "GET /x HTTP/1.1\r\n\r\n",
                "GET /x HTTP/1.1\r\nHost:\r\n\r\n",
                "GET /x HTTP/1.1\r\nHost: a b\r\n\r\n",
                "G@T /x HTTP/1.1\r\n" + HOST + "\r\n"
            })
    void threat047_ambiguousFirstLine(String head) throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            tunnel.write(head);
            Reply reply = tunnel.read();
            assertThat(reply.outcome()).isEqualTo("400 http.malformed");
        }
        PROXY.assertUpstreamUntouched();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/0.9",
                "HTTP/1.0",
                "HTTP/1.2",
                "HTTP/2.0",
                "http/1.1",
                "HTTP/1.01",
                "X"
            })
    void threat047_otherVersion(String version) throws IOException {
        PROXY.assertRefused(
                PROXY.client()
                        .send(
                                "GET http://plain.example/ "
                                        + version
                                        + "\r\nHost: plain.example\r\n\r\n"),
                "505 http.version_unsupported");
    }

    @Test
    void threat047_pipelinedRequestIsJudgedByItself() throws IOException {
        try (Connection connection = PROXY.client().connect()) {
            connection.write(
                    "GET http://plain.example/1 HTTP/1.1\r\nHost: plain.example\r\n\r\n"
                            + "GET http://evil.example/2 HTTP/1.1\r\nHost: evil.example\r\n\r\n"
                            + "GET http://plain.example/3 HTTP/1.1\r\nHost: plain.example\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(200);
            assertThat(connection.read().outcome()).isEqualTo("403 policy.host_not_allowed");
            assertThat(connection.read().status()).isEqualTo(200);
        }
        assertThat(PROXY.upstream().seen())
                .extracting(seen -> seen.line())
                .containsExactly("GET /1 HTTP/1.1", "GET /3 HTTP/1.1");
    }

    @Test
    void threat047_bytesBehindConnectAreNoRequest() throws Exception {
        try (Connection connection = PROXY.client().connect()) {
            connection.write(
                    PROXY.client().connectHead("api.anthropic.com:443")
                            + "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(200);
            assertThat(connection.closed()).isTrue();
        }
        PROXY.assertUpstreamUntouched();
    }

    @Test
    void threat047_bodyOfARefusedRequestIsNoRequest() throws IOException {
        String smuggled = "GET http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\n\r\n";
        try (Connection connection = PROXY.client().connect()) {
            connection.write(
                    "POST http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nContent-Length: "
                            + smuggled.length()
                            + "\r\n\r\n"
                            + smuggled);
            PROXY.assertRefused(connection.read(), "403 policy.host_not_allowed");
            assertThat(connection.closed()).isTrue();
        }
        PROXY.assertUpstreamUntouched();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: x-api-key",
                "Connection: close, X-Api-Key",
                "Connection: X-API-KEY, host",
                "Connection: x-secret, authorization"
            })
    void threat050_connectionFieldCannotTakeOursAway(String field) throws IOException {
        Reply reply =
                PROXY.client()
                        .inside(
                                "api.anthropic.com",
                                "GET /x",
                                field,
                                "X-Secret: mine",
                                "X-Api-Key: a");
        var seen = PROXY.assertForwarded(reply);
        assertThat(seen.all("x-api-key")).singleElement().asString().startsWith("sk-ant-");
        assertThat(seen.all("host")).containsExactly("api.anthropic.com");
        assertThat(seen.text()).doesNotContain("mine\nConnection", "X-Api-Key: a");
    }

    @Test
    void threat050_nominatedFieldEndsHere() throws IOException {
        Reply reply =
                PROXY.client()
                        .get(
                                "http://plain.example/x",
                                "Connection: keep-alive, X-Secret",
                                "X-Secret: mine",
                                "Keep-Alive: timeout=5",
                                "TE: trailers",
                                "Proxy-Connection: keep-alive");
        assertThat(PROXY.assertForwarded(reply).text().toLowerCase(java.util.Locale.ROOT))
                .doesNotContain("secret", "keep-alive", "te:", "proxy-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "websocket, h2c", "notwebsocket", "TLS/1.0", ""})
    void threat051_upgrade(String protocol) throws IOException {
        String fields = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: " + protocol;
        PROXY.assertRefused(
                PROXY.client().inside("api.anthropic.com", "GET /x", fields),
                "501 http.upgrade_unsupported");
        PROXY.assertRefused(
                PROXY.client().get("http://plain.example/x", fields),
                "501 http.upgrade_unsupported");
    }

    @Test
    void threat051_http2Preface() throws IOException {
        String preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000";
        Reply reply = PROXY.client().send(preface);
        assertThat(reply.status()).isIn(400, 501, 505);
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            tunnel.write(preface);
            assertThat(tunnel.read().status()).isIn(400, 501, 505);
            assertThat(tunnel.closed()).isTrue();
        }
        PROXY.assertUpstreamUntouched();
    }

    @Test
    void threat052_expectationWithBodyWithheld() throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            tunnel.write(
                    "POST /x HTTP/1.1\r\n"
                            + HOST
                            + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertThat(tunnel.readHead().firstLine()).startsWith("HTTP/1.1 100");
            tunnel.write("hello");
            assertThat(PROXY.assertForwarded(tunnel.read()).bodyBytes()).isEqualTo(5);
        }
    }

    @Test
    void threat052_refusalOfABodyThatIsWithheld() throws IOException {
        Reply reply =
                PROXY.client()
                        .send(
                                "POST http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n"
                                        + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        PROXY.assertRefused(reply, "403 policy.host_not_allowed");
    }

    @Test
    void threat052_unknownExpectation() throws IOException {
        PROXY.assertRefused(
                PROXY.client().get("http://plain.example/", "Expect: 200-ok"),
                "400 http.malformed");
    }

    @Test
    void threat052_interimResponse() throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            tunnel.write("GET /hints HTTP/1.1\r\n" + HOST + "\r\n");
            Wire.Head hints = tunnel.readHead();
            assertThat(hints.firstLine()).startsWith("HTTP/1.1 103");
            assertThat(tunnel.read().body()).isEqualTo("after hints");
            tunnel.write("GET /2 HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(tunnel.read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /raw/smuggle",
                "GET /raw/half",
                "GET /raw/no-content-body",
                "HEAD /raw/head-body"
            })
    void threat052_bytesBehindAResponseAreNobodysResponse(String line) throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            tunnel.write(line + " HTTP/1.1\r\n" + HOST + "\r\n");
            Reply first = line.startsWith("HEAD") ? tunnel.readHeadOnly() : tunnel.read();
            assertThat(first.body()).doesNotContain("stolen", "hello");
            tunnel.write("GET /next HTTP/1.1\r\n" + HOST + "\r\n");
            Reply next = tunnel.read();
            assertThat(next.status()).isEqualTo(200);
            assertThat(next.body()).contains("GET /next");
            assertThat(next.field("x-stolen")).isEmpty();
        }
        assertThat(PROXY.upstream().connections())
                .as("the poisoned one is not reused")
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/raw/both", "/raw/garbage", "/drop"})
    void threat052_brokenResponse(String path) throws IOException {
        Reply reply = PROXY.client().inside("api.anthropic.com", "GET " + path);
        assertThat(reply.outcome()).isIn("502 upstream.bad_response", "502 upstream.closed");
    }

    @Test
    void threat052_earlyResponse() throws IOException {
        PROXY.upstream().script().closeGate();
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            tunnel.write("POST /early HTTP/1.1\r\n" + HOST + "Content-Length: 10\r\n\r\nhello");
            assertThat(tunnel.read().status()).isEqualTo(413);
            PROXY.upstream().script().openGate();
            tunnel.write("world");
            tunnel.write("GET /next HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(tunnel.read().body()).contains("GET /next");
        }
    }
}
