package dev.unifiedproxy.upstream;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.Http2HeadParser;
import dev.unifiedproxy.http.ResponseHead;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;

import java.util.List;
import java.util.Optional;

/** One stream of an HTTP/2 connection, for one exchange. */
final class Http2Stream implements ServerLeg {
    private static final int MAX_INTERIM = 32;

    private final Http2Connection connection;
    private final boolean reused;

    private Optional<UpstreamExchange> exchange = Optional.empty();
    private int id;
    private boolean headSeen;
    private boolean ended;
    private boolean requestEnded;
    private boolean paused;
    private boolean unprocessed;
    private boolean lost;
    private int interim;
    private int unconsumed;
    private long expected = -1;
    private long received;
    private long lastActivity;

    Http2Stream(Http2Connection connection, boolean reused) {
        this.connection = connection;
        this.reused = reused;
    }

    int id() {
        return id;
    }

    boolean ended() {
        return ended;
    }

    @Override
    public IpAddress address() {
        return connection.address();
    }

    @Override
    public boolean used() {
        return reused && lost;
    }

    @Override
    public boolean unprocessed() {
        return unprocessed;
    }

    @Override
    public boolean isActive() {
        return id > 0 && connection.has(id);
    }

    @Override
    public boolean isWritable() {
        return connection.isWritable(id);
    }

    @Override
    public void start(UpstreamExchange next) {
        exchange = Optional.of(next);
        touch();
        requestEnded = next.request().framing() instanceof BodyFraming.None;
        id = connection.open(this, Http2RequestBlock.of(next.request()), requestEnded);
    }

    private void touch() {
        lastActivity = connection.now();
    }

    @Override
    public void body(ByteBuf piece) {
        touch(); // a slow upload is not a silent server
        connection.data(id, piece, false);
    }

    @Override
    public void endBody(Headers trailers) {
        touch();
        if (!requestEnded) {
            requestEnded = true;
            connection.end(id, trailers);
        }
    }

    @Override
    public void flush() {
        connection.flush();
    }

    @Override
    public void pauseReading() {
        paused = true;
    }

    @Override
    public void resumeReading() {
        paused = false;
        touch();
        int taken = unconsumed;
        unconsumed = 0;
        connection.consumed(id, taken);
    }

    @Override
    public void release() {
        exchange = Optional.empty();
        connection.forget(this);
    }

    @Override
    public void discard() {
        exchange = Optional.empty();
        connection.reset(this, Http2Error.CANCEL);
    }

    // ---- from the server ----

    void headers(List<String> lines, boolean endOfStream) {
        touch();
        if (exchange.isEmpty()) {
            return;
        }
        UpstreamExchange current = exchange.get();
        try {
            if (headSeen) {
                if (!endOfStream) {
                    throw bad("fields stand within the body");
                }
                finish(current, Http2HeadParser.trailers(lines, ErrorCode.BAD_RESPONSE));
                return;
            }
            ResponseHead head =
                    Http2HeadParser.response(lines, endOfStream, current.request().method());
            if (head.informational() && ++interim > MAX_INTERIM) {
                throw bad("more than " + MAX_INTERIM + " interim responses");
            }
            headSeen = !head.informational();
            expected =
                    switch (head.framing()) {
                        case BodyFraming.None none -> 0;
                        case BodyFraming.Length(long bytes) -> bytes;
                        case BodyFraming.Chunked chunked -> -1;
                        case BodyFraming.UntilClose untilClose -> -1;
                        case BodyFraming.WebSocket webSocket -> throw bad("it switches protocols");
                    };
            current.responseHead(head);
            if (endOfStream) {
                finish(current, Headers.empty());
            }
        } catch (RefusedException e) {
            broken(e.refusal());
        }
    }

    /** A piece of body; says how many of its bytes may be granted anew at once. */
    int data(ByteBuf piece, boolean endOfStream) {
        touch();
        int length = piece.readableBytes();
        if (exchange.isEmpty()) {
            return length;
        }
        UpstreamExchange current = exchange.get();
        received += length;
        boolean wrongLength =
                expected >= 0 && (received > expected || (endOfStream && received < expected));
        if (!headSeen || wrongLength) {
            broken(bad("its body has not the length of its head").refusal());
            return length;
        }
        if (length > 0) {
            current.responseBody(piece.retain());
        }
        if (endOfStream) {
            finish(current, Headers.empty());
        }
        if (paused) {
            unconsumed += length;
            return 0;
        }
        return length;
    }

    private void finish(UpstreamExchange current, Headers trailers) {
        if (expected > received) {
            throw bad("its body is shorter than its head says");
        }
        ended = true;
        current.responseEnd(trailers);
    }

    void flushDownstream() {
        exchange.ifPresent(UpstreamExchange::flushDownstream);
    }

    void writable() {
        exchange.ifPresent(UpstreamExchange::upstreamWritable);
    }

    private static RefusedException bad(String what) {
        return new RefusedException(
                ErrorCode.BAD_RESPONSE, "The response is not well-formed: " + what);
    }

    /** The response can not be taken: the stream ends, the connection lives on. */
    void broken(Refusal reason) {
        connection.reset(this, Http2Error.PROTOCOL_ERROR); // before the exchange cancels it
        fail(reason);
    }

    /** RST_STREAM came. */
    void resetByServer(long code) {
        unprocessed |= code == Http2Error.REFUSED_STREAM.code();
        fail(
                Refusal.of(
                        ErrorCode.UPSTREAM_CLOSED,
                        "The server reset the stream (error code " + code + ")"));
    }

    /** GOAWAY says that the server did not look at it. */
    void leftBehind() {
        unprocessed = true;
        fail(Refusal.of(ErrorCode.UPSTREAM_CLOSED, "The server is going away"));
    }

    /** The connection is lost. */
    void lost(Refusal reason) {
        lost = true;
        fail(reason);
    }

    private void fail(Refusal reason) {
        Optional<UpstreamExchange> current = exchange;
        exchange = Optional.empty();
        current.ifPresent(failed -> failed.upstreamFailed(reason));
    }

    void check(long now, long usualSilence) {
        long silence = exchange.map(e -> e.silenceNanos(usualSilence)).orElse(usualSilence);
        if (!paused && now - lastActivity > silence) {
            fail(
                    Refusal.of(
                            ErrorCode.UPSTREAM_TIMEOUT,
                            "The server sent nothing on the stream for "
                                    + silence / 1_000_000_000L
                                    + " s"));
            connection.reset(this, Http2Error.CANCEL);
        }
    }
}
