package dev.unifiedproxy.upstream;

import dev.unifiedproxy.credential.OutboundRequest;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.ResponseFields;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.RequestBodySink;

import io.netty.buffer.ByteBuf;

import java.time.Duration;
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
    private Runnable whenOver = () -> {};
    private Optional<Headers> endOfRequest = Optional.empty();
    private Optional<WebSocketRelay> webSocket = Optional.empty();
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

    /** How long the server may be silent, and both ends of a WebSocket. */
    long silenceNanos(long usual) {
        return request.idleTimeout().map(Duration::toNanos).orElse(usual);
    }

    /** Whether a connection that had been used before turned out to be stale. */
    boolean retried() {
        return retried;
    }

    boolean isOver() {
        return over;
    }

    /** What to do when this exchange fails: whoever dials for it may have to stop. */
    void whenOver(Runnable action) {
        whenOver = action;
    }

    // ---- from the client ----

    @Override
    public void body(ByteBuf piece) {
        if (over || responseRefusesBody()) {
            piece.release();
            return;
        }
        requestBytes += piece.readableBytes();
        if (request.opensWebSocket()) {
            frames(piece);
        } else if (connection.isEmpty()) {
            early.add(piece);
            downstream.pauseBody();
        } else {
            connection.get().body(piece);
        }
        holdClientBack();
    }

    private void holdClientBack() {
        if (!over && connection.isPresent() && !connection.get().isWritable()) {
            downstream.pauseBody();
        }
    }

    /** RFC 6455 section 4.1: nothing comes before the handshake is answered. */
    private void frames(ByteBuf piece) {
        if (webSocket.isEmpty()) {
            piece.release();
            if (!requestSent) {
                fail(
                        Refusal.of(
                                ErrorCode.MALFORMED,
                                "The client sent bytes before its WebSocket was granted"));
            }
            return;
        }
        relay(() -> webSocket.get().fromClient(piece));
    }

    /** Passes frames on; what is wrong with them ends the exchange. */
    private void relay(Runnable frames) {
        try {
            frames.run();
        } catch (RefusedException e) {
            fail(e.refusal());
            return;
        }
        WebSocketRelay open = webSocket.orElseThrow();
        if (open.closedByClient() && open.closedByServer()) {
            closeWebSocket();
        }
    }

    /** The closing handshake is complete, or the last word of it is not to be had. */
    private void closeWebSocket() {
        over = true;
        connection.ifPresent(
                server -> {
                    server.flush();
                    server.discard();
                });
        downstream.end(Headers.empty());
        observer.completed(requestBytes, responseBytes);
    }

    /** The server answered and went: nobody wants the rest of the body. */
    private boolean responseRefusesBody() {
        return responseComplete && connection.filter(ServerLeg::isActive).isEmpty();
    }

    @Override
    public void end(Headers trailers) {
        endOfRequest = Optional.of(trailers);
        if (request.opensWebSocket()) {
            endOfFrames();
        } else if (!over && connection.isPresent()) {
            sendEnd();
        }
    }

    /** A client that said Close may stop sending; another one is gone. */
    private void endOfFrames() {
        boolean said = webSocket.filter(WebSocketRelay::closedByClient).isPresent();
        if (!said && !requestSent) {
            fail(Refusal.of(ErrorCode.CLIENT_ABORTED, "The client left its WebSocket open"));
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
        if (endOfRequest.isPresent() && !request.opensWebSocket()) {
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
        if (head.opensWebSocket()) {
            webSocket = Optional.of(new WebSocketRelay(downstream, connection.orElseThrow()));
        } else if (request.opensWebSocket()) {
            requestSent = true; // it was a request like any other, without a body
        }
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
        if (webSocket.isPresent()) {
            relay(() -> webSocket.get().fromServer(piece));
        } else {
            downstream.body(piece);
        }
        if (!over && !downstream.isWritable()) {
            connection.orElseThrow().pauseReading();
        }
    }

    void responseEnd(Headers trailers) {
        if (webSocket.isPresent()) {
            upstreamFailed(
                    Refusal.of(ErrorCode.UPSTREAM_CLOSED, "The server left its WebSocket open"));
            return;
        }
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
        if (webSocket.filter(WebSocketRelay::closedByServer).isPresent()) {
            closeWebSocket(); // it said Close, and did not wait for the answer
        } else if (responseComplete) {
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
        boolean farewell = webSocket.isPresent() && webSocket.get().close(reason);
        whenOver.run();
        connection.ifPresent(ServerLeg::discard);
        if (farewell) {
            downstream.end(Headers.empty());
        } else if (headPassedOn) {
            downstream.abort();
        }
        observer.failed(reason, requestBytes, responseBytes);
    }
}
