package dev.unifiedproxy.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.NormalPath;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestTarget;
import dev.unifiedproxy.http.WholeBody;
import dev.unifiedproxy.policy.BodyRule;
import dev.unifiedproxy.policy.Decision;
import dev.unifiedproxy.policy.Verdict;
import dev.unifiedproxy.transport.RecordingDownstream;
import dev.unifiedproxy.transport.RequestBodySink;

import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A body that a rule reads ({@link BodyReading}, {@code PendingRequest}): nothing goes out before
 * it is judged, and nothing of it stays.
 */
final class BodyReadingTest {
    @TempDir private Path directory;
    private PathRig rig;
    private RecordingDownstream client;
    private final BlockingQueue<String> read = new LinkedBlockingQueue<>();

    @BeforeEach
    void open() throws IOException {
        rig = new PathRig(directory);
        client = new RecordingDownstream(rig.loops.next());
        rig.verdict = new Verdict.ReadBody(20, this::refusesEvil);
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private Optional<Decision.Deny> refusesEvil(WholeBody body) {
        String text = body.utf8().orElseThrow();
        read.add(text);
        return text.contains("evil")
                ? Optional.of(
                        new Decision.Deny(
                                "body_policy", Refusal.of(ErrorCode.BODY_NOT_ALLOWED, "evil")))
                : Optional.empty();
    }

    private InboundRequest post(BodyFraming framing, Headers.Builder fields) {
        Authority authority = Authority.parse("a.example:" + rig.port(), 80);
        return InboundRequest.forwarded(
                "r-1",
                PathRig.SANDBOX,
                new RequestHead(
                        Method.POST,
                        new RequestTarget.Absolute(
                                false,
                                authority,
                                new RequestTarget.Origin(NormalPath.parse("/x"), "", false)),
                        false,
                        fields.add("Host", authority.toString()).build(),
                        framing));
    }

    private void onLoop(Runnable action) {
        client.eventLoop().submit(action).syncUninterruptibly();
    }

    private RequestBodySink sink() {
        return client.sink.orElseThrow();
    }

    private void begin(BodyFraming framing) {
        onLoop(() -> rig.path.handle(post(framing, new Headers.Builder(2)), client));
    }

    private void send(String... pieces) {
        for (String piece : pieces) {
            onLoop(() -> sink().body(Unpooled.copiedBuffer(piece, StandardCharsets.US_ASCII)));
        }
    }

    private void end() {
        onLoop(
                () -> {
                    sink().end(Headers.empty());
                    sink().flush();
                });
    }

    private String onlyRecord() {
        List<String> records = rig.records(1);
        assertThat(records).hasSize(1);
        assertThat(rig.budget.taken()).isZero();
        return records.getFirst();
    }

    private void assertNothingWentOut() {
        assertThat(rig.accepted).as("connections to the server").hasValue(0);
    }

    @Test
    void whatTheRuleAcceptsGoesOn() throws Exception {
        begin(new BodyFraming.Length(8));
        send("ki", "nd");
        assertThat(rig.budget.taken()).isEqualTo(4);
        assertNothingWentOut();
        send("ness");
        end();
        await().until(() -> client.events.contains("end"));
        assertThat(read.take()).isEqualTo("kindness");
        assertThat(onlyRecord()).contains("\"allowed\"", "\"request_bytes\":8");
    }

    @Test
    void whatTheRuleDeniesGoesNowhere() {
        begin(BodyFraming.CHUNKED);
        send("some e", "vil");
        end();
        await().until(() -> !client.events.isEmpty());
        assertThat(client.events).containsExactly("answer 403 policy.body_not_allowed");
        assertThat(onlyRecord()).contains("\"refused\"", "\"request_bytes\":9");
        assertNothingWentOut();
    }

    @Test
    void aRequestWithoutBodyIsJudgedByItsEmptyOne() throws Exception {
        begin(BodyFraming.NONE);
        end();
        assertThat(read.take()).isEmpty();
        await().until(() -> client.events.contains("end"));
    }

    @Test
    void anAnnouncedLengthThatIsTooLongIsRefusedAtOnce() {
        begin(new BodyFraming.Length(21));
        assertThat(client.events).containsExactly("answer 413 policy.body_too_large");
        assertThat(onlyRecord()).contains("policy.body_too_large");
        assertThat(read).isEmpty();
        assertNothingWentOut();
    }

    @Test
    void chunksThatBecomeTooManyAreRefused() {
        begin(BodyFraming.CHUNKED);
        send("0123456789", "0123456789", "x", "y");
        assertThat(client.events).containsExactly("answer 413 policy.body_too_large");
        assertThat(onlyRecord()).contains("policy.body_too_large");
        assertNothingWentOut();
    }

    @Test
    void withoutRoomForMoreBodiesItIsRefused() {
        assertThat(rig.budget.take("another", 60)).isTrue();
        begin(BodyFraming.CHUNKED);
        send("0123", "4");
        assertThat(client.events).containsExactly("answer 503 proxy.overloaded");
        assertThat(rig.records(1)).hasSize(1);
        assertThat(rig.budget.taken()).isEqualTo(60);
    }

    @Test
    void aClientThatGoesWhileItSendsLeavesNothing() {
        begin(BodyFraming.CHUNKED);
        send("0123");
        onLoop(() -> sink().downstreamFailed(Refusal.of(ErrorCode.CLIENT_ABORTED, "gone")));
        assertThat(onlyRecord()).contains("http.client_aborted");
        assertNothingWentOut();
    }

    @Test
    void aClientThatGoesWhileItsBodyIsJudgedLeavesNothing() throws Exception {
        BlockingQueue<Runnable> judging = new LinkedBlockingQueue<>();
        rig.judges = judging::add;
        begin(BodyFraming.CHUNKED);
        send("0123");
        end();
        Runnable judge = judging.take();
        onLoop(() -> sink().downstreamFailed(Refusal.of(ErrorCode.CLIENT_ABORTED, "gone")));
        judge.run();
        onLoop(() -> {}); // what the judge handed back has run
        assertThat(onlyRecord()).contains("http.client_aborted");
        assertNothingWentOut();
    }

    @Test
    void aRegistrationThatEndsWhileTheBodyComesIsNoLongerOne() {
        begin(BodyFraming.CHUNKED);
        send("0123");
        rig.containerId = "another";
        end();
        await().until(() -> !client.events.isEmpty());
        assertThat(client.events).containsExactly("answer 403 identity.unknown_container");
        assertThat(onlyRecord()).contains("identity.unknown_container");
        assertNothingWentOut();
    }

    @Test
    void aRuleThatThrowsIsARefusal() {
        BodyRule broken =
                body -> {
                    throw new IllegalStateException("defect");
                };
        rig.verdict = new Verdict.ReadBody(20, broken);
        begin(BodyFraming.CHUNKED);
        send("0123");
        end();
        await().until(() -> !client.events.isEmpty());
        assertThat(client.events).containsExactly("answer 500 proxy.internal");
        assertThat(onlyRecord()).contains("proxy.internal");
        assertNothingWentOut();
    }

    @Test
    void aClientThatWaitsForAContinueGetsItFromUs() {
        Headers.Builder fields = new Headers.Builder(2).add("Expect", "100-continue");
        onLoop(() -> rig.path.handle(post(new BodyFraming.Length(4), fields), client));
        assertThat(client.events).containsExactly("interim 100");
        send("0123");
        end();
        await().until(() -> client.events.contains("end"));
        assertThat(client.events).containsExactly("interim 100", "head 200", "end");
    }

    @Test
    void aDenialByTheHeadReadsNothing() {
        rig.verdict =
                new Verdict.Deny(
                        new Decision.Deny(
                                "github", Refusal.of(ErrorCode.GITHUB_OPERATION, "no merges")));
        begin(new BodyFraming.Length(4));
        assertThat(client.events).containsExactly("answer 403 github.operation_blocked");
        assertThat(client.sink).isEmpty();
        assertNothingWentOut();
    }
}
