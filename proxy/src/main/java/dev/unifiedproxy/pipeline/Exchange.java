package dev.unifiedproxy.pipeline;

import dev.unifiedproxy.audit.ExchangeRecord;
import dev.unifiedproxy.audit.ExchangeTrail;
import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.Answer;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.RefusalRenderer;
import dev.unifiedproxy.metrics.ProxyMetrics;
import dev.unifiedproxy.policy.Decision;
import dev.unifiedproxy.policy.PassThroughPermit;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.upstream.ExchangeObserver;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import java.util.Optional;

/**
 * One exchange from its head to its record: what is said about it in the log, what the client is
 * answered when it is refused, and the one audit record and metric at its end.
 */
final class Exchange implements ExchangeObserver {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final int MAX_LOGGED_PATH = 200;

    private final ExchangeTrail trail;
    private final String requestId;
    private final Headers headers;
    private final Downstream downstream;
    private final ProxyMetrics metrics;

    private ExchangeRecord.Destination destination = ExchangeRecord.Destination.NONE;
    private String containerId = "";
    private String hostLabel = "";
    private int status;
    private long received;
    private boolean passesThrough;
    private Runnable whenOver = () -> {};

    Exchange(
            ExchangeTrail trail,
            String requestId,
            Headers headers,
            Downstream downstream,
            ProxyMetrics metrics) {
        this.trail = trail;
        this.requestId = requestId;
        this.headers = headers;
        this.downstream = downstream;
        this.metrics = metrics;
    }

    // ---- what the stages find ----

    void destination(ExchangeRecord.Destination known) {
        destination = known;
        trail.destination(known);
    }

    void identified(Container container) {
        identified(container.id());
    }

    void identified(String id) {
        containerId = id;
        trail.container(id);
    }

    /** The line that operators grep: every decision, with its reason. */
    void decided(Decision decision, Host host, String policyVersion) {
        switch (decision) {
            case Decision.Allow allow -> {
                hostLabel = allow.hostLabel();
                trail.allowed(allow.rule(), policyVersion);
                allow.observed().ifPresent(denial -> observed(denial.refusal().code()));
                logDecision(Level.INFO, "ALLOW", allow.type(), allow.reason(host));
            }
            case Decision.Deny deny -> {
                trail.policyVersion(policyVersion);
                logDecision(Level.WARN, "DENY", deny.type(), deny.reason(host));
            }
        }
    }

    private void observed(ErrorCode code) {
        trail.observed(code.id());
        metrics.policyObserved(containerId, code);
    }

    private void logDecision(Level level, String verdict, String type, String reason) {
        LOG.atLevel(level)
                .addKeyValue("request_id", requestId)
                .addKeyValue("container_id", containerId)
                .log(
                        "Policy decision: {} - {} {}{} - container={} - policy={} - reason={}",
                        verdict,
                        destination.method(),
                        destination.host(),
                        cut(destination.path()),
                        containerId,
                        type,
                        reason);
    }

    private static String cut(String path) {
        return path.length() <= MAX_LOGGED_PATH ? path : path.substring(0, MAX_LOGGED_PATH) + "…";
    }

    void credential(String credentialId) {
        trail.credential(credentialId);
    }

    /** So many bytes of body were read for a rule; whoever sends them on counts them again. */
    void received(long bytes) {
        received = bytes;
    }

    /** What to do at its end, whatever that is. */
    void whenOver(Runnable action) {
        whenOver = action;
    }

    // ---- how it ends without a response of the server ----

    /** The proxy refuses; the client is told why. */
    void refuse(Refusal refusal) {
        logRefusal(refusal);
        trail.addRequestBytes(received);
        trail.refused(refusal);
        answer(refusal);
        close();
    }

    /** A stage threw what it should not: refused, and the log says where. */
    void defect(RuntimeException e) {
        LOG.atError()
                .addKeyValue("request_id", requestId)
                .addKeyValue("container_id", containerId)
                .setCause(e)
                .log("A defect ended the exchange");
        Refusal refusal = Refusal.of(ErrorCode.INTERNAL, "The proxy failed to handle the request");
        trail.broken(refusal);
        answer(refusal);
        close();
    }

    private void answer(Refusal refusal) {
        Answer answer = RefusalRenderer.render(refusal, requestId, headers);
        boolean gone = refusal.code() == ErrorCode.CLIENT_ABORTED;
        status = gone ? 0 : answer.status();
        downstream.answer(answer);
    }

    private void logRefusal(Refusal refusal) {
        switch (refusal.code().source()) {
            case IDENTITY -> log(Level.WARN, "Denying request: " + refusal.detail());
            case POLICY -> {} // the decision line has said it
            case DOWNSTREAM, CREDENTIAL, UPSTREAM, INTERNAL ->
                    log(
                            Level.WARN,
                            "Request blocked: "
                                    + refusal.code().id()
                                    + subject()
                                    + " - "
                                    + refusal.detail());
        }
    }

    private String subject() {
        return destination.method().isEmpty()
                ? ""
                : " - " + destination.method() + " " + destination.host() + cut(destination.path());
    }

    private void log(Level level, String message) {
        LOG.atLevel(level)
                .addKeyValue("request_id", requestId)
                .addKeyValue("container_id", containerId)
                .log(message);
    }

    // ---- a tunnel ----

    /** Its TLS is not ended here: nobody but the server can answer inside, and it lasts. */
    void passesThrough(PassThroughPermit permit) {
        passesThrough = true;
        trail.kind(ExchangeRecord.Kind.PASS_THROUGH);
        log(Level.INFO, "TLS is passed through - " + destination.host() + " - " + permit.rule());
    }

    void tunnelEstablished() {
        status = 200;
        close();
    }

    void tunnelBroken(Refusal refusal) {
        logRefusal(refusal);
        trail.refused(refusal);
        close();
    }

    // ---- what the server's side reports ----

    @Override
    public void connected(IpAddress address) {
        trail.upstream(address.text());
    }

    @Override
    public void responded(int seen) {
        status = seen;
    }

    @Override
    public void completed(long requestBytes, long responseBytes) {
        trail.addRequestBytes(requestBytes);
        trail.addResponseBytes(responseBytes);
        close();
    }

    @Override
    public void failed(Refusal reason, long requestBytes, long responseBytes) {
        logRefusal(reason);
        trail.addRequestBytes(requestBytes);
        trail.addResponseBytes(responseBytes);
        if (reason.code() == ErrorCode.ADDRESS_FORBIDDEN) {
            trail.refused(reason);
        } else {
            trail.broken(reason);
        }
        if (status == 0 && !passesThrough) {
            answer(reason);
        }
        close();
    }

    private void close() {
        whenOver.run();
        whenOver = () -> {};
        trail.status(status);
        Optional<ExchangeRecord> made = trail.close();
        made.ifPresent(
                ended ->
                        metrics.exchangeFinished(
                                containerId,
                                hostLabel,
                                passesThrough ? "PASSTHROUGH" : destination.method(),
                                status == 0 ? "error" : Integer.toString(status),
                                ended.passage().durationMicros() * 1_000));
    }
}
