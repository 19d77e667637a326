package dev.unifiedproxy.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.ConnectRequest;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.NormalPath;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestTarget;
import dev.unifiedproxy.transport.ExchangePath;
import dev.unifiedproxy.transport.RecordingDownstream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A refusal at each stage ends the path: nothing behind it runs, and it leaves one record ({@link
 * Exchange}, {@link Recorder}).
 */
final class RequestPathTest {
    @TempDir private Path directory;
    private PathRig rig;
    private RecordingDownstream client;

    @BeforeEach
    void open() throws IOException {
        rig = new PathRig(directory);
        client = new RecordingDownstream(rig.loops.next());
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private InboundRequest request(String host, IpAddress source) {
        Authority authority = Authority.parse(host + ":" + rig.port(), 80);
        return InboundRequest.forwarded(
                "r-1",
                source,
                new RequestHead(
                        Method.GET,
                        new RequestTarget.Absolute(
                                false,
                                authority,
                                new RequestTarget.Origin(NormalPath.parse("/x"), "", false)),
                        false,
                        Headers.of("Host", authority.toString()),
                        BodyFraming.NONE));
    }

    private ConnectRequest connect(String host, IpAddress source) {
        return new ConnectRequest(
                "r-1",
                source,
                Authority.parse(host + ":" + rig.port(), 443),
                Headers.empty(),
                Optional.empty());
    }

    private void onLoop(Consumer<ExchangePath> action) {
        client.eventLoop().submit(() -> action.accept(rig.path)).syncUninterruptibly();
    }

    private void handle(InboundRequest request) {
        onLoop(
                path -> {
                    path.handle(request, client);
                    client.sink.ifPresent(sink -> sink.end(Headers.empty()));
                    client.sink.ifPresent(sink -> sink.flush());
                });
    }

    private Optional<ExchangePath.Tunnel> open(ConnectRequest request) {
        return client.eventLoop()
                .submit(() -> rig.path.connect(request, client))
                .syncUninterruptibly()
                .getNow();
    }

    private String onlyRecord() {
        List<String> records = rig.records(1);
        assertThat(records).hasSize(1);
        return records.getFirst();
    }

    private void assertRefused(int status, String code) {
        assertThat(client.events).containsExactly("answer " + status + " " + code);
        assertThat(onlyRecord()).contains("\"" + code + "\"");
        assertThat(rig.accepted).as("connections to the server").hasValue(0);
        assertThat(client.sink).as("the way to the server").isEmpty();
    }

    @Test
    void whatIsAllowedPassesAndLeavesOneRecord() {
        handle(request("a.example", PathRig.SANDBOX));
        await().until(() -> client.events.contains("end"));
        assertThat(client.events).containsExactly("head 200", "end");
        assertThat(onlyRecord())
                .contains("\"allowed\"", "\"sandbox-1\"", "a.example", "127.0.0.1", "200")
                .contains("test:1");
        assertThat(rig.accepted).hasValue(1);
    }

    @Test
    void withoutRoomForARecordNothingIsLookedAt() {
        rig.audit.close();
        handle(request("a.example", PathRig.SANDBOX));
        assertThat(client.events).containsExactly("answer 503 proxy.audit_backlog");
        assertThat(rig.lookups).hasValue(0);
        assertThat(rig.decisions).hasValue(0);
        assertThat(rig.accepted).hasValue(0);
    }

    @Test
    void aStrangerIsNotJudged() {
        handle(request("a.example", PathRig.STRANGER));
        assertRefused(403, "identity.unknown_container");
        assertThat(rig.decisions).hasValue(0);
    }

    @Test
    void aContainerWithTooManyConnectionsIsNotJudged() {
        client.admits = false;
        handle(request("a.example", PathRig.SANDBOX));
        assertRefused(503, "proxy.overloaded");
        assertThat(rig.decisions).hasValue(0);
    }

    @Test
    void aContainerThatIsRemovedMeanwhileIsNotJudged() {
        client.atBind = () -> rig.containerId = "another";
        handle(request("a.example", PathRig.SANDBOX));
        assertRefused(403, "identity.unknown_container");
        assertThat(rig.decisions).hasValue(0);
    }

    @Test
    void whatPolicyDeniesGoesNowhere() {
        handle(request("b.example", PathRig.SANDBOX));
        assertRefused(403, "policy.host_not_allowed");
    }

    @Test
    void whatHasNoCredentialItNeedsGoesNowhere() {
        handle(request("api.openai.com", PathRig.SANDBOX));
        assertRefused(403, "credential.needs_tls");
    }

    @Test
    void aServerThatCannotBeReachedIsABadGateway() {
        handle(request("nowhere.example", PathRig.SANDBOX));
        await().until(() -> !client.events.isEmpty());
        assertThat(client.events).containsExactly("answer 502 upstream.connect_failed");
        assertThat(onlyRecord()).contains("upstream.connect_failed");
    }

    @Test
    void anIdentityStageThatThrowsIsARefusal() {
        rig.lookupThrows = Optional.of(new IllegalStateException("secret inside"));
        handle(request("a.example", PathRig.SANDBOX));
        assertRefused(500, "proxy.internal");
        assertThat(rig.decisions).hasValue(0);
    }

    @Test
    void aPolicyStageThatThrowsIsARefusal() {
        rig.policyThrows = Optional.of(new IllegalStateException("secret inside"));
        handle(request("a.example", PathRig.SANDBOX));
        assertRefused(500, "proxy.internal");
        assertThat(onlyRecord()).doesNotContain("secret inside");
    }

    @Test
    void aConnectThatComesToWorkLeavesOneRecord() {
        ExchangePath.Tunnel tunnel = open(connect("a.example", PathRig.SANDBOX)).orElseThrow();
        assertThat(tunnel.containerId()).isEqualTo("sandbox-1");
        onLoop(path -> tunnel.established());
        assertThat(client.events).isEmpty();
        assertThat(onlyRecord()).contains("\"allowed\"", "200");
    }

    @Test
    void aConnectThatBreaksLeavesOneRecord() {
        ExchangePath.Tunnel tunnel = open(connect("a.example", PathRig.SANDBOX)).orElseThrow();
        onLoop(path -> tunnel.broken(Refusal.of(ErrorCode.TLS_REQUIRED, "no TLS")));
        assertThat(client.events).isEmpty();
        assertThat(onlyRecord()).contains("tls.required");
    }

    @Test
    void aConnectIsRefusedAtEachStage() {
        assertThat(open(connect("b.example", PathRig.SANDBOX))).isEmpty();
        assertThat(open(connect("a.example", PathRig.STRANGER))).isEmpty();
        client.admits = false;
        assertThat(open(connect("a.example", PathRig.SANDBOX))).isEmpty();
        rig.lookupThrows = Optional.of(new IllegalStateException("a defect"));
        assertThat(open(connect("a.example", PathRig.SANDBOX))).isEmpty();
        assertThat(client.events)
                .containsExactly(
                        "answer 403 policy.host_not_allowed",
                        "answer 403 identity.unknown_container",
                        "answer 503 proxy.overloaded",
                        "answer 500 proxy.internal");
        assertThat(rig.records(4)).hasSize(4);
        assertThat(rig.accepted).hasValue(0);
    }

    @Test
    void aTunnelIsOnlyForTheContainerThatOpenedIt() {
        ExchangePath.Tunnel tunnel = open(connect("a.example", PathRig.SANDBOX)).orElseThrow();
        onLoop(path -> tunnel.established());
        rig.containerId = "sandbox-2";
        onLoop(path -> tunnel.handle(request("a.example", PathRig.SANDBOX), client));
        assertThat(client.events).containsExactly("answer 403 identity.container_mismatch");
        assertThat(rig.records(2)).hasSize(2);
        assertThat(rig.accepted).hasValue(0);
    }

    @Test
    void whatNeverWasARequestLeavesOneRecord() {
        onLoop(
                path ->
                        path.reject(
                                new ExchangePath.RejectedRequest(
                                        "r-1",
                                        PathRig.SANDBOX,
                                        "a.example:443",
                                        "sandbox-1",
                                        Refusal.of(ErrorCode.MALFORMED, "not a request"),
                                        Optional.empty()),
                                client));
        assertThat(client.events).containsExactly("answer 400 http.malformed");
        assertThat(onlyRecord()).contains("http.malformed", "sandbox-1", "a.example:443");
        assertThat(rig.lookups).hasValue(0);
    }
}
