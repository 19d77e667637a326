package dev.unifiedproxy.pipeline;

import dev.unifiedproxy.audit.AuditLog;
import dev.unifiedproxy.audit.ExchangeRecord;
import dev.unifiedproxy.audit.ExchangeTrail;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.ConnectRequest;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.metrics.ProxyMetrics;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.ExchangePath.RejectedRequest;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Begins the record of an exchange, and writes it to the audit log and the metrics when it ends.
 */
public final class Recorder {
    private final AuditLog audit;
    private final ProxyMetrics metrics;
    private final InstantSource clock;
    private final LongSupplier ticker;

    /**
     * A recorder.
     *
     * @param clock for the time of a record
     * @param ticker for its duration, in nanoseconds
     */
    public Recorder(
            AuditLog audit, ProxyMetrics metrics, InstantSource clock, LongSupplier ticker) {
        this.audit = audit;
        this.metrics = metrics;
        this.clock = clock;
        this.ticker = ticker;
    }

    /**
     * Refuses when the audit log cannot take more: what cannot be recorded may not happen.
     *
     * @throws RefusedException with {@link ErrorCode#AUDIT_BACKLOG}
     */
    void requireRoom() {
        if (!audit.accepting()) {
            throw new RefusedException(
                    ErrorCode.AUDIT_BACKLOG, "The audit log cannot take more records");
        }
    }

    Exchange begin(InboundRequest request, Downstream downstream) {
        Exchange exchange =
                begin(
                        ExchangeRecord.Kind.HTTP,
                        request.requestId(),
                        request.source(),
                        request.head().headers(),
                        downstream);
        Authority authority = request.authority();
        exchange.destination(
                new ExchangeRecord.Destination(
                        request.method().name(),
                        request.secure() ? "https" : "http",
                        authority.host().text(),
                        authority.port(),
                        request.target().path().text()));
        return exchange;
    }

    Exchange begin(ConnectRequest request, Downstream downstream) {
        Exchange exchange =
                begin(
                        ExchangeRecord.Kind.CONNECT,
                        request.requestId(),
                        request.source(),
                        request.headers(),
                        downstream);
        Authority authority = request.authority();
        exchange.destination(
                new ExchangeRecord.Destination(
                        "CONNECT", "", authority.host().text(), authority.port(), ""));
        return exchange;
    }

    Exchange begin(RejectedRequest request, Downstream downstream) {
        Exchange exchange =
                begin(
                        ExchangeRecord.Kind.HTTP,
                        request.requestId(),
                        request.source(),
                        Headers.empty(),
                        downstream);
        exchange.destination(new ExchangeRecord.Destination("", "", request.destination(), 0, ""));
        if (!request.containerId().isEmpty()) {
            exchange.identified(request.containerId());
        }
        return exchange;
    }

    private Exchange begin(
            ExchangeRecord.Kind kind,
            String requestId,
            IpAddress source,
            Headers headers,
            Downstream downstream) {
        ExchangeTrail trail =
                new ExchangeTrail(
                        new ExchangeRecord.Start(
                                clock.instant(), requestId, kind, "", source.text()),
                        audit::record,
                        ticker);
        return new Exchange(trail, requestId, headers, downstream, metrics);
    }
}
