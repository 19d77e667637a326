package dev.unifiedproxy.listener;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.http.Answer;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.Http2HeadParser;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.Http2Blocks;
import dev.unifiedproxy.transport.RequestBodySink;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * One stream of an HTTP/2 client: one exchange.
 *
 * <p>Body that the server's side has not taken is not credited back, so the client's window closes
 * and it stops; what may be under way is bounded by the windows.
 */
final class Http2ServerStream implements Downstream {
    private final Http2Edge edge;
    private final Http2Stream stream;

    private RequestBodySink sink = new DiscardedBody(this::cutOff);
    private int uncredited;
    private boolean paused;
    private boolean begun;
    private boolean toHead;
    private boolean webSocket;
    private boolean bodyExpected;
    private boolean malformed;
    private boolean requestComplete;
    private boolean responseStarted;
    private boolean responseComplete;
    private boolean closed;
    private long lastProgress;

    Http2ServerStream(Http2Edge edge, Http2Stream stream) {
        this.edge = edge;
        this.stream = stream;
        this.lastProgress = edge.services().deadlines().now();
    }

    // ---- from the client ----

    void request(List<String> block, boolean endOfStream) {
        begun = true;
        String requestId = edge.services().requestIds().get();
        try {
            enter(requestId, block, endOfStream);
        } catch (RefusedException e) {
            malformed = e.refusal().code() == ErrorCode.MALFORMED;
            requestComplete = endOfStream;
            reject(requestId, e.refusal());
        }
    }

    private void enter(String requestId, List<String> block, boolean endOfStream) {
        RequestHead head = Http2HeadParser.request(block, endOfStream);
        toHead = head.method() == Method.HEAD;
        webSocket = head.opensWebSocket();
        bodyExpected = head.expectsBody();
        requestComplete = endOfStream;
        edge.entrance().enter(requestId, head, this);
        if (endOfStream) {
            sink.end(Headers.empty());
        }
    }

    /** Of a request that has not begun, or as the trailers of one that has. */
    void headTooLarge(int bytes) {
        Refusal refusal =
                Refusal.of(ErrorCode.HEAD_TOO_LARGE, "The head is larger than " + bytes + " bytes");
        requestComplete = true;
        if (begun) {
            sink.downstreamFailed(refusal);
        } else {
            reject(edge.services().requestIds().get(), refusal);
        }
    }

    private void reject(String requestId, Refusal refusal) {
        edge.entrance().reject(requestId, refusal, Optional.empty(), this);
    }

    void data(ByteBuf data, boolean endOfStream) {
        int length = data.readableBytes();
        lastProgress = edge.services().deadlines().now();
        uncredited += length;
        if (length > 0) {
            sink.body(data.retain());
        }
        credit();
        if (endOfStream) {
            requestComplete = true;
            sink.end(Headers.empty());
        }
    }

    void trailers(List<String> block, boolean endOfStream) {
        lastProgress = edge.services().deadlines().now();
        if (!endOfStream) {
            breakOff("the field block behind the body does not end the stream as it has to");
            return;
        }
        Headers trailers;
        try {
            trailers = Http2HeadParser.trailers(block, ErrorCode.MALFORMED);
        } catch (RefusedException e) {
            breakOff(e.refusal());
            return;
        }
        requestComplete = true;
        sink.end(trailers);
    }

    /** Netty counts DATA against Content-Length (RFC 9113 section 8.1.1), and found it wrong. */
    void brokenFraming() {
        Refusal refusal =
                Refusal.of(
                        ErrorCode.MALFORMED,
                        "The request is not well-formed: Content-Length is no number or not the"
                                + " length of DATA, or a field block stands where none may");
        if (begun) {
            breakOff(refusal);
        } else {
            malformed = true;
            requestComplete = true;
            reject(edge.services().requestIds().get(), refusal);
        }
    }

    private void breakOff(String what) {
        breakOff(Refusal.of(ErrorCode.MALFORMED, "The request is not well-formed: " + what));
    }

    /** The request cannot be understood any further; whoever waits for it hears why. */
    private void breakOff(Refusal refusal) {
        // What comes behind the end of the request is an error of its own (RFC 9113 section 5.1).
        Http2Error error = requestComplete ? Http2Error.STREAM_CLOSED : Http2Error.PROTOCOL_ERROR;
        malformed = true;
        RequestBodySink told = sink;
        sink = new DiscardedBody(this::cutOff); // it has heard the reason, and hears no other
        told.downstreamFailed(refusal);
        if (!responseComplete && !closed) {
            edge.reset(stream, error);
        }
    }

    /** The connection goes away, and this with it. */
    void leave(Refusal reason) {
        sink.downstreamFailed(reason);
    }

    /** A WebSocket does not end by itself: it hears that the proxy is stopping. */
    void drain() {
        if (webSocket && responseStarted) {
            sink.downstreamFailed(Refusal.of(ErrorCode.STOPPING, "The proxy is stopping"));
        }
    }

    void flushRequest() {
        sink.flush();
    }

    void writable() {
        lastProgress = edge.services().deadlines().now();
        sink.downstreamWritable();
    }

    /** Both sides are done, or one of them gave up. */
    void closed() {
        if (closed) {
            return;
        }
        closed = true;
        if (!requestComplete || !responseComplete) {
            sink.downstreamFailed(
                    Refusal.of(ErrorCode.CLIENT_ABORTED, "The client reset the stream"));
        }
    }

    // ---- towards the client ----

    @Override
    public EventLoop eventLoop() {
        return edge.context().channel().eventLoop();
    }

    @Override
    public boolean bind(String containerId) {
        return edge.services().connections().bind(containerId, edge.context().channel());
    }

    /**
     * A whole response. What the client still sends is not wanted, and it is told so behind the
     * response (RFC 9113 section 8.1); a malformed request's stream ends in an error (section
     * 8.1.1).
     */
    @Override
    public void answer(Answer answer) {
        if (responseStarted || closed) {
            return;
        }
        responseStarted = true;
        responseComplete = true;
        sink = new DiscardedBody(this::cutOff);
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        Headers fields =
                body.length == 0
                        ? answer.headers()
                        : answer.headers().with("content-length", Integer.toString(body.length));
        boolean bodyless = toHead || body.length == 0;
        ChannelFuture last =
                write(Http2Blocks.response(answer.status(), fields), bodyless && !malformed);
        if (!bodyless) {
            last = write(Unpooled.wrappedBuffer(body), !malformed);
        }
        resumeBody();
        if (malformed || !requestComplete) {
            Http2Error error = malformed ? Http2Error.PROTOCOL_ERROR : Http2Error.NO_ERROR;
            last.addListener(written -> resetIfOpen(error));
        }
        edge.push();
    }

    /** Nobody wants the body, and there is too much of it. */
    private void cutOff() {
        resetIfOpen(Http2Error.NO_ERROR);
    }

    private void resetIfOpen(Http2Error error) {
        if (!closed) {
            edge.reset(stream, error);
        }
    }

    @Override
    public void informational(ResponseHead head) {
        if (!closed) {
            write(Http2Blocks.response(head.status(), head.headers()), false);
            edge.push();
        }
    }

    @Override
    public void head(ResponseHead head) {
        if (closed) {
            return;
        }
        responseStarted = true;
        Headers fields =
                head.framing() instanceof BodyFraming.Length(long bytes)
                        ? head.headers().with("content-length", Long.toString(bytes))
                        : head.headers();
        // A head alone ends the stream: gRPC's Trailers-Only is no such thing with DATA behind it.
        responseComplete =
                switch (head.framing()) {
                    case BodyFraming.None none -> true;
                    case BodyFraming.Length(long bytes) -> bytes == 0;
                    case BodyFraming.Chunked chunked -> false;
                    case BodyFraming.UntilClose untilClose -> false;
                    case BodyFraming.WebSocket granted -> false;
                };
        int status = head.opensWebSocket() ? 200 : head.status(); // RFC 8441 section 5
        write(Http2Blocks.response(status, fields), responseComplete);
    }

    @Override
    public void body(ByteBuf piece) {
        if (closed || responseComplete || !piece.isReadable()) {
            piece.release();
            return;
        }
        edge.budget().earn();
        write(piece, false);
    }

    @Override
    public void end(Headers trailers) {
        if (!closed && !responseComplete) {
            responseComplete = true;
            ChannelFuture last =
                    trailers.size() > 0
                            ? write(Http2Blocks.trailers(trailers), true)
                            : write(Unpooled.EMPTY_BUFFER, true);
            if (webSocket && !requestComplete) {
                last.addListener(written -> resetIfOpen(Http2Error.NO_ERROR));
            }
        }
        flush();
    }

    private ChannelFuture write(Http2Headers block, boolean endOfStream) {
        lastProgress = edge.services().deadlines().now();
        return edge.encoder()
                .writeHeaders(
                        edge.context(),
                        stream.id(),
                        block,
                        0,
                        endOfStream,
                        edge.context().newPromise());
    }

    private ChannelFuture write(ByteBuf data, boolean endOfStream) {
        lastProgress = edge.services().deadlines().now();
        return edge.encoder()
                .writeData(
                        edge.context(),
                        stream.id(),
                        data,
                        0,
                        endOfStream,
                        edge.context().newPromise());
    }

    @Override
    public void abort() {
        if (!closed) {
            edge.reset(stream, malformed ? Http2Error.PROTOCOL_ERROR : Http2Error.INTERNAL_ERROR);
        }
    }

    @Override
    public void flush() {
        edge.push();
    }

    @Override
    public boolean isWritable() {
        return closed || edge.isWritable(stream);
    }

    @Override
    public void attach(RequestBodySink to) {
        sink = to;
    }

    @Override
    public void pauseBody() {
        paused = true;
    }

    @Override
    public void resumeBody() {
        paused = false;
        credit();
    }

    private void credit() {
        if (!paused && uncredited > 0 && !closed) {
            int bytes = uncredited;
            uncredited = 0;
            edge.consumed(stream, bytes);
        }
    }

    // ---- time ----

    /** A body that stops, and a client that takes nothing, have the time of any connection. */
    void check(long now) {
        if (now - lastProgress <= edge.services().limits().idle().toNanos()) {
            return;
        }
        if (bodyExpected && !requestComplete && !responseStarted && !paused) {
            sink.downstreamFailed(
                    Refusal.of(ErrorCode.REQUEST_TIMEOUT, "The request body stopped"));
        } else if (responseStarted && !isWritable()) {
            edge.reset(stream, Http2Error.CANCEL);
        }
    }
}
