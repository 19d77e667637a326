package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/** The same exchanges between a client and a server of each protocol. */
@Timeout(120)
@ParameterizedClass(name = "client {0}, server {1}")
@CsvSource({"HTTP1,HTTP1", "HTTP1,HTTP2", "HTTP2,HTTP1", "HTTP2,HTTP2"})
class CombinationsScenarioTest {
    private static final long MIB = 1024 * 1024;
    private static final long BODY = 40 * MIB;

    /** Socket buffers of four sockets on this machine, and what the proxy itself may hold. */
    private static final long IN_FLIGHT = 32 * MIB;

    private static final long GROWTH = 24 * MIB;
    private static final int ABORTS = 5;
    private static final ScriptedServer HTTP1 = server(Protocol.HTTP1);
    private static final ScriptedServer HTTP2 = server(Protocol.HTTP2);

    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing()
                    .allowingUnresolved("api.anthropic.com", "api.openai.com")
                    .hostsLine(HTTP1.address() + " api.anthropic.com")
                    .hostsLine(HTTP2.address() + " api.openai.com");

    @Parameter(0)
    Protocol clientSpeaks = Protocol.HTTP1;

    @Parameter(1)
    Protocol serverSpeaks = Protocol.HTTP1;

    private static ScriptedServer server(Protocol protocol) {
        try {
            return new ScriptedServer(protocol);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeAll
    static void listen() throws Exception {
        HTTP1.listen(PROXY.upstream().certificates());
        HTTP2.listen(PROXY.upstream().certificates());
    }

    @AfterAll
    static void stop() {
        HTTP1.close();
        HTTP2.close();
    }

    @BeforeEach
    void forget() {
        server().forget();
    }

    private ScriptedServer server() {
        return serverSpeaks == Protocol.HTTP1 ? HTTP1 : HTTP2;
    }

    private ScriptedClient client() throws Exception {
        return new ScriptedClient(
                PROXY,
                clientSpeaks,
                serverSpeaks == Protocol.HTTP1 ? "api.anthropic.com" : "api.openai.com");
    }

    private ScriptedServer.Visit visit() {
        await().until(() -> !server().visits().isEmpty());
        return server().visits().getLast();
    }

    @Test
    void credentialStandsInPlaceOfTheClientsOwn() throws Exception {
        try (ScriptedClient client = client()) {
            Call call =
                    client.whole("GET", "/x", "authorization", "Bearer own", "x-api-key", "own");
            assertThat(call.status()).isEqualTo(200);
        }
        List<String> keys =
                serverSpeaks == Protocol.HTTP1
                        ? visit().head.headers().getAll("x-api-key")
                        : visit().head.headers().getAll("authorization");
        assertThat(keys)
                .singleElement()
                .asString()
                .endsWith(
                        Canaries.of(
                                serverSpeaks == Protocol.HTTP1
                                        ? "ANTHROPIC_API_KEY"
                                        : "OPENAI_API_KEY"));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /a/%2e%2e/b, 400 http.path_ambiguous",
        "TRACE, /x, 501 http.method_unsupported"
    })
    void refusalNamesItsCodeAndTheConnectionGoesOnOrEnds(String method, String path, String outcome)
            throws Exception {
        try (ScriptedClient client = client()) {
            Call call = client.whole(method, path);
            assertThat(call.status() + " " + call.code()).isEqualTo(outcome);
        }
        assertThat(server().visits()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bodiesPassBothWays(boolean withLength) throws Exception {
        try (ScriptedClient client = client()) {
            Call call =
                    withLength
                            ? client.begin("POST", "/x", "content-length", "10")
                            : client.begin("POST", "/x", "transfer-encoding", "chunked");
            call.send("hello");
            await().until(() -> call.soFar().equals("hello"));
            call.send("world");
            call.end();
            assertThat(call.body()).isEqualTo("helloworld");
            assertThat(call.head().headers().get("content-length", "none"))
                    .isEqualTo(withLength ? "10" : "none");
        }
    }

    @Test
    void trailersPassBothWays() throws Exception {
        try (ScriptedClient client = client()) {
            Call call = client.begin("POST", "/x", "transfer-encoding", "chunked");
            call.send("a");
            call.end("x-checksum", "5");
            assertThat(call.trailers()).containsExactly("x-checksum: 5");
            assertThat(visit().trailers).containsExactly("x-checksum: 5");
        }
    }

    @Test
    void expectationIsAnsweredByTheServer() throws Exception {
        try (ScriptedClient client = client()) {
            Call call = client.begin("POST", "/x", "content-length", "2", "expect", "100-continue");
            await().until(() -> call.informational().contains(100));
            call.send("ok");
            call.end();
            assertThat(call.body()).isEqualTo("ok");
        }
    }

    @Test
    void earlyHintsPass() throws Exception {
        try (ScriptedClient client = client()) {
            Call call = client.get("/hints");
            assertThat(call.body()).isEqualTo("after hints");
            assertThat(call.informational()).containsExactly(103);
        }
    }

    @Test
    void answerComesBeforeTheBodyIsComplete() throws Exception {
        try (ScriptedClient client = client()) {
            Call call = client.begin("POST", "/early", "content-length", "1000");
            call.send("some");
            assertThat(call.status()).isEqualTo(413);
            assertThat(call.body()).isEqualTo("too much");
            assertThat(visit().complete).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, /status/200, 200, 6",
        "GET, /status/204, 204, none",
        "GET, /status/304, 304, none"
    })
    void responseWithoutABodyEnds(String method, String path, int status, String length)
            throws Exception {
        try (ScriptedClient client = client()) {
            Call call = client.whole(method, path);
            assertThat(call.status()).isEqualTo(status);
            assertThat(call.body()).isEmpty();
            assertThat(call.head().headers().get("content-length", "none")).isEqualTo(length);
            assertThat(client.get("/next").status()).isEqualTo(200);
        }
    }

    /** The quickest of a few: a machine that does something else must not fail it. */
    @Test
    void clientThatLeavesCancelsTheServersWorkAtOnce() throws Exception {
        long quickest = Long.MAX_VALUE;
        for (int i = 0; i < ABORTS; i++) {
            server().forget();
            try (ScriptedClient client = client()) {
                Call call = client.get("/hang");
                ScriptedServer.Visit visit = visit();
                await().until(() -> visit.complete);
                long begun = System.nanoTime();
                call.abort();
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> visit.gone);
                quickest = Math.min(quickest, System.nanoTime() - begun);
            }
        }
        assertThat(Duration.ofNanos(quickest)).isLessThan(Duration.ofMillis(100));
    }

    @Test
    void responseThatIsCutArrivesCut() throws Exception {
        try (ScriptedClient client = client()) {
            Call call = client.get("/cut");
            await().until(call.outcome()::isDone);
            assertThat(call.outcome()).isCompletedExceptionally();
            assertThat("half").startsWith(call.soFar());
        }
    }

    /** A pooled connection that ends before a byte, or a GOAWAY below the stream. */
    @Test
    void requestThatWasNotLookedAtIsSentAgain() throws Exception {
        try (ScriptedClient client = client()) {
            assertThat(client.get("/first").body()).isEmpty();
            Call again = client.get("/again");
            assertThat(again.body()).isEqualTo("served");
        }
        assertThat(server().visits())
                .filteredOn(visit -> visit.head.uri().equals("/again"))
                .hasSize(2);
    }

    @Test
    void slowReaderSlowsTheServerDown() throws Exception {
        long before = StreamingScenarioTest.memory();
        try (ScriptedClient client = client()) {
            Call call = client.get("/big/" + BODY);
            call.takeNothing();
            ScriptedServer.Visit visit = visit();
            assertThat(StreamingScenarioTest.stalledAt(visit::sent)).isLessThan(IN_FLIGHT);
            assertThat(StreamingScenarioTest.memory() - before).isLessThan(GROWTH);
            call.takeTheRest();
            call.trailers();
            assertThat(call.received()).isEqualTo(BODY);
        }
    }

    @Test
    void slowServerSlowsTheClientDown() throws Exception {
        long before = StreamingScenarioTest.memory();
        try (ScriptedClient client = client()) {
            Call call = client.begin("POST", "/slow", "content-length", Long.toString(BODY));
            ScriptedServer.Visit visit = visit();
            call.upload(BODY);
            assertThat(StreamingScenarioTest.stalledAt(call::sent)).isLessThan(IN_FLIGHT);
            assertThat(StreamingScenarioTest.memory() - before).isLessThan(GROWTH);
            visit.takeTheRest();
            assertThat(call.body()).isEqualTo(Long.toString(BODY));
        }
    }

    @Test
    void eventArrivesBeforeTheNextIsSent() throws Exception {
        try (ScriptedClient client = client()) {
            Call call = client.get("/sse");
            await().until(() -> call.soFar().equals("data: first\n\n"));
            visit().send("data: second\n\n");
            visit().end();
            assertThat(call.body()).isEqualTo("data: first\n\ndata: second\n\n");
        }
    }
}
