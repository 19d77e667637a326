package dev.unifiedproxy.upstream;

import dev.unifiedproxy.credential.OutboundRequest;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.ResponseFields;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.RequestBodySink;

import io.netty.buffer.ByteBuf;

import java.util.ArrayDeque;
import java.util.Optional;

/**
 * One request and its response between a client and a server, streamed both ways with
 * back-pressure.
 *
 * <p>Over when both directions are complete: a server may answer before it has the whole request,
 * and still gets the rest. Lives on one event loop.
 */
final class UpstreamExchange implements RequestBodySink {
    private final OutboundRequest request;
    private final Downstream downstream;
    private final ExchangeObserver observer;
    private final UpstreamClient client;

    /** Body that came before there was a connection: what one read brought, not more. */
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();

    private Optional<ServerLeg> connection = Optional.empty();
    private Optional<Headers> endOfRequest = Optional.empty();
    private boolean requestSent;
    private boolean anyResponse;
    private boolean headPassedOn;
    private boolean responseComplete;
    private boolean retried;
    private boolean over;
    private long requestBytes;
    private long responseBytes;

    UpstreamExchange(
            OutboundRequest request,
            Downstream downstream,
            ExchangeObserver observer,
            UpstreamClient client) {
        this.request = request;
        this.downstream = downstream;
        this.observer = observer;
        this.client = client;
    }

    OutboundRequest request() {
        return request;
    }

    Downstream downstream() {
        return downstream;
    }

    boolean isOver() {
        return over;
    }

    // ---- from the client ----

    @Override
    public void body(ByteBuf piece) {
        if (over || responseRefusesBody()) {
            piece.release();
            return;
        }
        requestBytes += piece.readableBytes();
        if (connection.isEmpty()) {
            early.add(piece);
            downstream.pauseBody();
            return;
        }
        connection.get().body(piece);
        if (!connection.get().isWritable()) {
            downstream.pauseBody();
        }
    }

    /** The server answered and went: nobody wants the rest of the body. */
    private boolean responseRefusesBody() {
        return responseComplete && connection.filter(ServerLeg::isActive).isEmpty();
    }

    @Override
    public void end(Headers trailers) {
        endOfRequest = Optional.of(trailers);
        if (!over && connection.isPresent()) {
            sendEnd();
        }
    }

    private void sendEnd() {
        requestSent = true;
        if (!responseRefusesBody()) {
            Headers trailers = request.trailers(endOfRequest.orElseThrow());
            connection.orElseThrow().endBody(trailers);
        }
        if (responseComplete) {
            flush(); // the connection goes back to the pool now, and nobody else would
        }
        finishIfComplete();
    }

    @Override
    public void flush() {
        if (!over) {
            connection.ifPresent(ServerLeg::flush);
        }
    }

    @Override
    public void downstreamWritable() {
        if (!over) {
            connection.filter(ServerLeg::isActive).ifPresent(ServerLeg::resumeReading);
        }
    }

    @Override
    public void downstreamFailed(Refusal reason) {
        fail(reason);
    }

    // ---- from the server ----

    /** A connection is there: head and early body go out. */
    void connected(ServerLeg fresh) {
        connection = Optional.of(fresh);
        observer.connected(fresh.address());
        fresh.start(this);
        while (!early.isEmpty()) {
            fresh.body(early.poll());
        }
        if (endOfRequest.isPresent()) {
            sendEnd();
        }
        fresh.flush();
        if (endOfRequest.isEmpty()) {
            downstream.resumeBody();
        }
    }

    void responseHead(ResponseHead head) {
        anyResponse = true;
        if (head.informational()) {
            downstream.informational(
                    new ResponseHead(
                            head.status(),
                            ResponseFields.passedOn(head.headers()),
                            head.framing(),
                            true));
            return;
        }
        headPassedOn = true;
        downstream.head(
                new ResponseHead(head.status(), passedOn(head), head.framing(), head.keepAlive()));
        observer.responded(head.status());
    }

    /**
     * Where no body follows, Content-Length is a statement and not framing (RFC 9110 section 8.6).
     */
    private static Headers passedOn(ResponseHead head) {
        Headers fields = ResponseFields.passedOn(head.headers());
        boolean statement = head.framing() instanceof BodyFraming.None && head.status() != 204;
        Optional<String> length =
                statement ? head.headers().first("content-length") : Optional.empty();
        return length.map(value -> fields.with("content-length", value)).orElse(fields);
    }

    void responseBody(ByteBuf piece) {
        responseBytes += piece.readableBytes();
        downstream.body(piece);
        if (!downstream.isWritable()) {
            connection.orElseThrow().pauseReading();
        }
    }

    void responseEnd(Headers trailers) {
        responseComplete = true;
        downstream.end(ResponseFields.passedOn(trailers));
        finishIfComplete();
    }

    void flushDownstream() {
        downstream.flush();
    }

    void upstreamWritable() {
        downstream.resumeBody();
    }

    void upstreamFailed(Refusal reason) {
        if (over) {
            return;
        }
        if (responseComplete) {
            // Part of the request may be under way: another request must not follow it.
            over = true;
            connection.ifPresent(ServerLeg::discard);
            observer.completed(requestBytes, responseBytes);
            downstream.resumeBody();
        } else if (mayRetry(reason)) {
            retried = true;
            boolean unprocessed = connection.filter(ServerLeg::unprocessed).isPresent();
            connection = Optional.empty();
            if (unprocessed) {
                client.route(this);
            } else {
                client.connect(this);
            }
        } else {
            fail(reason);
        }
    }

    /**
     * Once, and only what is safe to repeat: the server had closed a pooled connection before the
     * request reached it (RFC 9110 section 9.2.2), or says over HTTP/2 that it did not look at the
     * request (RFC 9113 section 8.7).
     */
    private boolean mayRetry(Refusal reason) {
        boolean stale = connection.filter(ServerLeg::used).isPresent() && request.method().isSafe();
        return reason.code() == ErrorCode.UPSTREAM_CLOSED
                && !retried
                && !anyResponse
                && (stale || connection.filter(ServerLeg::unprocessed).isPresent())
                && request.framing() instanceof BodyFraming.None;
    }

    private void finishIfComplete() {
        if (over || !requestSent || !responseComplete) {
            return;
        }
        over = true;
        connection.ifPresent(ServerLeg::release);
        observer.completed(requestBytes, responseBytes);
    }

    /** Ends the exchange. The observer answers the client if nobody has. */
    void fail(Refusal reason) {
        if (over) {
            return;
        }
        over = true;
        early.forEach(ByteBuf::release);
        early.clear();
        connection.ifPresent(ServerLeg::discard);
        if (headPassedOn) {
            downstream.abort();
        }
        observer.failed(reason, requestBytes, responseBytes);
    }
}
