package dev.unifiedproxy.audit;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What becomes known of one exchange while it runs; ends in exactly one record.
 *
 * <p>Used by one thread at a time, as the exchange moves on; only {@link #close} may be called by
 * several at once. The first refusal or failure is the one that counts: what follows from it does
 * not hide it. An exchange that is closed without a verdict was broken by a defect of ours, and its
 * record says so.
 */
public final class ExchangeTrail {
    private static final Refusal NO_VERDICT =
            Refusal.of(ErrorCode.INTERNAL, "The exchange ended without a verdict");

    private final Consumer<ExchangeRecord> sink;
    private final LongSupplier nanoTicker;
    private final long startNanos;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ExchangeRecord.Start start;
    private ExchangeRecord.Destination destination = ExchangeRecord.Destination.NONE;
    private Optional<Ending> ending = Optional.empty();
    private boolean allowed;
    private String rule = "";
    private String observed = "";
    private int status;
    private String upstreamAddress = "";
    private String credentialId = "";
    private String policyVersion = "";
    private long requestBytes;
    private long responseBytes;

    private record Ending(ExchangeRecord.Outcome outcome, Refusal refusal) {}

    /**
     * Begins a trail.
     *
     * @param start who asks, and when
     * @param sink takes the one record, as {@link AuditLog#record} does
     * @param nanoTicker a clock that never goes back, in nanoseconds
     */
    public ExchangeTrail(
            ExchangeRecord.Start start, Consumer<ExchangeRecord> sink, LongSupplier nanoTicker) {
        this.start = start;
        this.sink = sink;
        this.nanoTicker = nanoTicker;
        this.startNanos = nanoTicker.getAsLong();
    }

    /** The container is known now. */
    public void container(String containerId) {
        start =
                new ExchangeRecord.Start(
                        start.time(), start.requestId(), start.kind(), containerId, start.source());
    }

    /** It turned out to be of another kind than it began as. */
    public void kind(ExchangeRecord.Kind kind) {
        start =
                new ExchangeRecord.Start(
                        start.time(), start.requestId(), kind, start.containerId(), start.source());
    }

    /** The destination is known now. */
    public void destination(ExchangeRecord.Destination known) {
        destination = known;
    }

    /**
     * Policy allowed it.
     *
     * @param rule the rule that did
     * @param policyVersion the version of the policy that decided, or empty
     */
    public void allowed(String rule, String policyVersion) {
        this.allowed = true;
        this.rule = rule;
        this.policyVersion = policyVersion;
    }

    /**
     * Policy would have refused it if its container were not observed.
     *
     * @param code the stable id of the denial
     */
    public void observed(String code) {
        observed = code;
    }

    /** This version of the policy decided. */
    public void policyVersion(String version) {
        policyVersion = version;
    }

    /** The proxy refused it. */
    public void refused(Refusal refusal) {
        end(ExchangeRecord.Outcome.REFUSED, refusal);
    }

    /** It was let through and failed on its way. */
    public void broken(Refusal failure) {
        end(ExchangeRecord.Outcome.BROKEN, failure);
    }

    private void end(ExchangeRecord.Outcome outcome, Refusal refusal) {
        if (ending.isEmpty()) {
            ending = Optional.of(new Ending(outcome, refusal));
        }
    }

    /** This credential went out with it. */
    public void credential(String id) {
        credentialId = id;
    }

    /** This address was dialled for it. */
    public void upstream(String address) {
        upstreamAddress = address;
    }

    /** The client saw this status; the last one counts. */
    public void status(int seen) {
        status = seen;
    }

    /** So many more bytes of the request's body went by. */
    public void addRequestBytes(long bytes) {
        requestBytes += bytes;
    }

    /** So many more bytes of the response's body went by. */
    public void addResponseBytes(long bytes) {
        responseBytes += bytes;
    }

    /**
     * Ends the trail and hands its record over.
     *
     * @return the record at the first call, so that metrics can count it once too; empty at every
     *     later one
     */
    public Optional<ExchangeRecord> close() {
        if (!closed.compareAndSet(false, true)) {
            return Optional.empty();
        }
        ExchangeRecord made =
                new ExchangeRecord(
                        start,
                        destination,
                        verdict(),
                        new ExchangeRecord.Passage(
                                upstreamAddress,
                                credentialId,
                                policyVersion,
                                requestBytes,
                                responseBytes,
                                (nanoTicker.getAsLong() - startNanos) / 1_000));
        sink.accept(made);
        return Optional.of(made);
    }

    private ExchangeRecord.Verdict verdict() {
        if (ending.isEmpty() && allowed) {
            return new ExchangeRecord.Verdict(
                    ExchangeRecord.Outcome.ALLOWED, status, "", rule, "", observed);
        }
        Ending end = ending.orElseGet(() -> new Ending(ExchangeRecord.Outcome.BROKEN, NO_VERDICT));
        Refusal refusal = end.refusal();
        return new ExchangeRecord.Verdict(
                end.outcome(),
                status,
                refusal.code().id(),
                refusal.rule().isEmpty() ? rule : refusal.rule(),
                refusal.detail(),
                observed);
    }
}
