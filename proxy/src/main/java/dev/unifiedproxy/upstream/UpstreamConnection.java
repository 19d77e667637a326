package dev.unifiedproxy.upstream;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.http.WebSocketHandshake;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.EndOfBody;
import dev.unifiedproxy.transport.Http1ResponseDecoder;
import dev.unifiedproxy.transport.Http1Writer;
import dev.unifiedproxy.transport.WebSocketKey;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.concurrent.Future;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP/1.1 connection to a server: one exchange at a time, then back to the pool, or closed
 * when anything about the exchange was not clean.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter
        implements Deadlines.Watched, ServerLeg {
    private final PoolKey key;
    private final IpAddress address;
    private final ConnectionPool pool;
    private final Http1ResponseDecoder decoder;
    private final Deadlines deadlines;
    private final long silenceNanos;
    private final long idleNanos;

    private Optional<ChannelHandlerContext> self = Optional.empty();
    private Optional<UpstreamExchange> exchange = Optional.empty();
    private boolean chunkedRequest;
    private Optional<WebSocketKey> webSocketKey = Optional.empty();
    private boolean keepAlive;
    private boolean closedCleanly;
    private boolean used;
    private long lastActivity;

    UpstreamConnection(
            PoolKey key,
            IpAddress address,
            ConnectionPool pool,
            Http1ResponseDecoder decoder,
            Deadlines deadlines,
            UpstreamLimits limits) {
        this.key = key;
        this.address = address;
        this.pool = pool;
        this.decoder = decoder;
        this.deadlines = deadlines;
        this.silenceNanos = limits.silence().toNanos();
        this.idleNanos = limits.idle().toNanos();
    }

    PoolKey key() {
        return key;
    }

    /** Closes it while nobody uses it; done when it is closed. */
    Future<Void> closeIdle() {
        Channel channel = self.orElseThrow().channel();
        channel.close();
        return channel.closeFuture();
    }

    @Override
    public IpAddress address() {
        return address;
    }

    /**
     * Whether an exchange went over it before, so that the server may have closed it by now. Not
     * when it began to answer: then it had the request.
     */
    @Override
    public boolean used() {
        return used && !decoder.headInProgress();
    }

    /** HTTP/1.1 has no way to say so. */
    @Override
    public boolean unprocessed() {
        return false;
    }

    @Override
    public boolean isActive() {
        return self.filter(context -> context.channel().isActive()).isPresent();
    }

    @Override
    public boolean isWritable() {
        return self.filter(context -> context.channel().isWritable()).isPresent();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        self = Optional.of(context);
        lastActivity = deadlines.now();
        deadlines.watch(context.channel().eventLoop(), this);
    }

    /** Sends a request head; its body follows by {@link #body} and {@link #endBody}. */
    @Override
    public void start(UpstreamExchange next) {
        ChannelHandlerContext context = self.orElseThrow();
        exchange = Optional.of(next);
        lastActivity = deadlines.now();
        BodyFraming framing = next.request().framing();
        chunkedRequest = framing instanceof BodyFraming.Chunked;
        Headers fields = next.request().headers();
        if (next.request().opensWebSocket()) {
            WebSocketKey ours = WebSocketKey.random();
            webSocketKey = Optional.of(ours);
            fields = ours.request(fields);
            decoder.expectWebSocket();
        } else {
            decoder.expect(next.request().method());
        }
        context.write(
                Http1Writer.requestHead(
                        context.alloc(),
                        next.request().method(),
                        next.request().target(),
                        fields,
                        framing),
                context.voidPromise());
    }

    @Override
    public void body(ByteBuf piece) {
        lastActivity = deadlines.now(); // a slow upload is not a silent server
        Http1Writer.body(self.orElseThrow(), piece, chunkedRequest);
    }

    @Override
    public void endBody(Headers trailers) {
        lastActivity = deadlines.now();
        if (chunkedRequest) {
            Http1Writer.lastChunk(self.orElseThrow(), trailers);
        }
    }

    @Override
    public void flush() {
        self.orElseThrow().flush();
    }

    @Override
    public void pauseReading() {
        self.orElseThrow().channel().config().setAutoRead(false);
    }

    @Override
    public void resumeReading() {
        self.orElseThrow().channel().config().setAutoRead(true);
    }

    /**
     * The exchange is over on both sides: another one may follow if all was clean, and if no byte
     * lies behind the response, which would be taken for the beginning of the next one.
     */
    @Override
    public void release() {
        exchange = Optional.empty();
        used = true;
        ChannelHandlerContext context = self.orElseThrow();
        lastActivity = deadlines.now();
        if (!context.channel().config().isAutoRead()) {
            context.channel().config().setAutoRead(true);
        }
        boolean clean = keepAlive && context.channel().isActive() && !decoder.headInProgress();
        if (!clean || !pool.keep(this)) {
            context.close();
        }
    }

    /** The exchange is over and was not clean. */
    @Override
    public void discard() {
        exchange = Optional.empty();
        keepAlive = false;
        self.orElseThrow().close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf piece) {
            if (exchange.isPresent()) {
                exchange.get().responseBody(piece);
            } else {
                piece.release();
            }
        } else if (message instanceof ResponseHead head) {
            if (!head.informational()) {
                keepAlive = head.keepAlive() && !key.webSocket();
            }
            if (head.opensWebSocket() && exchange.isPresent()) {
                WebSocketHandshake.checkAnswer(
                        head.headers(),
                        webSocketKey.orElseThrow().accept(),
                        exchange.get().request().headers());
            }
            exchange.ifPresent(current -> current.responseHead(head));
        } else if (message instanceof EndOfBody(Headers trailers)) {
            exchange.ifPresent(current -> endOfResponse(current, trailers));
        } else {
            throw new IllegalStateException("Unexpected message " + message.getClass());
        }
    }

    /** A body that ends with a TLS connection is complete only if the end was authenticated. */
    private void endOfResponse(UpstreamExchange current, Headers trailers) {
        boolean cut = !isActive() && key.secure() && !closedCleanly;
        if (cut) {
            current.upstreamFailed(
                    Refusal.of(
                            ErrorCode.UPSTREAM_CLOSED,
                            "The server's TLS connection was cut within its response"));
        } else {
            current.responseEnd(trailers);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        lastActivity = deadlines.now();
        if (exchange.isPresent()) {
            exchange.get().flushDownstream();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            lastActivity = deadlines.now();
            exchange.ifPresent(UpstreamExchange::upstreamWritable);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
            closedCleanly = true;
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        deadlines.forget(context.channel().eventLoop(), this);
        pool.forget(this);
        failOnce(
                Refusal.of(
                        ErrorCode.UPSTREAM_CLOSED,
                        "The server closed the connection before its response was complete"));
    }

    /**
     * Tells the exchange that this connection is lost, and lets go of it: what follows on this
     * connection (a reset is an exception and then a close) must not fail it while it is retried on
     * another.
     */
    private void failOnce(Refusal reason) {
        Optional<UpstreamExchange> current = exchange;
        exchange = Optional.empty();
        current.ifPresent(lost -> lost.upstreamFailed(reason));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Refusal refusal =
                cause instanceof RefusedException refused
                        ? refused.refusal()
                        : Refusal.of(
                                ErrorCode.UPSTREAM_CLOSED, "The connection to the server broke");
        failOnce(refusal);
        context.close();
    }

    @Override
    public void check(long now) {
        ChannelHandlerContext context = self.orElseThrow();
        if (exchange.isEmpty()) {
            if (now - lastActivity > idleNanos) {
                context.close();
            }
            return;
        }
        long silence = exchange.get().silenceNanos(silenceNanos);
        if (now - lastActivity > silence && context.channel().config().isAutoRead()) {
            failOnce(
                    Refusal.of(
                            ErrorCode.UPSTREAM_TIMEOUT,
                            "The server sent nothing for "
                                    + TimeUnit.NANOSECONDS.toSeconds(silence)
                                    + " s"));
            context.close();
        }
    }
}
