package dev.unifiedproxy.listener;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.Answer;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.EndOfBody;
import dev.unifiedproxy.transport.Http1RequestDecoder;
import dev.unifiedproxy.transport.RequestBodySink;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;

import java.util.Optional;

/**
 * The HTTP/1.1 edge: requests of one connection to the path, responses back, one exchange at a
 * time.
 *
 * <p>It decides nothing. What it does know is when a connection may be used again: when request and
 * response are both complete, and neither side asked to close.
 */
final class ServerEdge extends ChannelInboundHandlerAdapter
        implements Downstream, Deadlines.Watched, EdgeConnection {
    private final EdgeServices services;
    private final Entrance entrance;
    private final Http1RequestDecoder decoder;
    private final ClientPatience patience;
    private final ClientResponse response = new ClientResponse();

    private Optional<ChannelHandlerContext> self = Optional.empty();
    private RequestBodySink sink = new DiscardedBody(this::closeNow);
    private Optional<Entrance.AdmittedTunnel> tunnel = Optional.empty();

    private volatile boolean inProgress;
    private boolean webSocket;
    private boolean requestComplete;
    private boolean bodyExpected;
    private boolean responseStarted;
    private boolean responseComplete;
    private boolean closeAfterwards;

    ServerEdge(EdgeServices services, Door door, IpAddress source, Http1RequestDecoder decoder) {
        this.services = services;
        this.entrance = new Entrance(services, door, source);
        this.decoder = decoder;
        this.patience = new ClientPatience(services.limits(), services.deadlines().now());
    }

    // ---- from the client ----

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        self = Optional.of(context);
        services.deadlines().watch(context.channel().eventLoop(), this);
        services.connections().add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        services.deadlines().forget(context.channel().eventLoop(), this);
        services.connections().remove(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf piece) {
            sink.body(piece);
        } else if (message instanceof RequestHead head) {
            request(head);
        } else if (message instanceof EndOfBody(Headers trailers)) {
            requestComplete = true;
            bodyExpected = false;
            sink.end(trailers);
            proceed();
        } else {
            throw new IllegalStateException("Unexpected message " + message.getClass());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        patience.progress(services.deadlines().now(), !inProgress && decoder.headInProgress());
        sink.flush();
        context.fireChannelReadComplete();
    }

    private void request(RequestHead head) {
        begin();
        response.begin(head);
        webSocket = head.opensWebSocket();
        bodyExpected = head.expectsBody();
        closeAfterwards =
                webSocket || head.http10() || head.headers().hasToken("connection", "close");
        String requestId = services.requestIds().get();
        try {
            tunnel = entrance.enter(requestId, head, this);
        } catch (RefusedException e) {
            entrance.reject(requestId, e.refusal(), Optional.of(head), this);
        }
    }

    private void begin() {
        inProgress = true;
        webSocket = false;
        patience.headArrived();
        requestComplete = false;
        responseStarted = false;
        responseComplete = false;
        tunnel = Optional.empty();
        sink = new DiscardedBody(this::closeNow);
    }

    /** The decoder found bytes that are no request: nothing behind them can be understood. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof RefusedException refused)) {
            context.close();
            return;
        }
        closeAfterwards = true;
        if (inProgress) {
            requestComplete = true;
            sink.downstreamFailed(refused.refusal());
        } else {
            begin();
            response.begin();
            requestComplete = true;
            String requestId = services.requestIds().get();
            entrance.reject(requestId, refused.refusal(), Optional.empty(), this);
        }
        proceed();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (inProgress) {
            inProgress = false;
            Refusal gone = Refusal.of(ErrorCode.CLIENT_ABORTED, "The client closed the connection");
            sink.downstreamFailed(gone);
            tunnel.ifPresent(admitted -> admitted.tunnel().broken(gone));
        }
        context.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ContainerDeparted departed && inProgress) {
            sink.downstreamFailed(departed.refusal());
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        patience.progress(services.deadlines().now(), false);
        if (context.channel().isWritable()) {
            sink.downstreamWritable();
        }
        context.fireChannelWritabilityChanged();
    }

    // ---- towards the client ----

    @Override
    public EventLoop eventLoop() {
        return context().channel().eventLoop();
    }

    @Override
    public boolean bind(String containerId) {
        return services.connections().bind(containerId, context().channel());
    }

    @Override
    public void answer(Answer answer) {
        if (responseStarted) {
            return;
        }
        closeAfterwards |= bodyExpected || services.connections().draining();
        sink = new DiscardedBody(this::closeNow);
        response.answer(context(), answer, closeAfterwards);
        responseStarted = true;
        responseComplete = true;
        requestComplete |= webSocket; // nothing may follow it before its answer
        patience.answered(services.deadlines().now());
        resumeBody();
        flush();
        proceed();
    }

    @Override
    public void informational(ResponseHead head) {
        response.informational(context(), head);
        flush();
    }

    @Override
    public void head(ResponseHead head) {
        responseStarted = true;
        closeAfterwards |= services.connections().draining();
        response.head(context(), head, closeAfterwards);
    }

    @Override
    public void body(ByteBuf piece) {
        response.body(context(), piece);
    }

    @Override
    public void end(Headers trailers) {
        response.end(context(), trailers);
        responseComplete = true;
        requestComplete |= webSocket;
        flush();
        proceed();
    }

    /**
     * A chunked body without its end, or fewer bytes than announced: the client sees that it is
     * cut.
     */
    @Override
    public void abort() {
        closeNow();
    }

    @Override
    public void flush() {
        context().flush();
    }

    @Override
    public boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public void attach(RequestBodySink to) {
        sink = to;
    }

    @Override
    public void pauseBody() {
        context().channel().config().setAutoRead(false);
    }

    @Override
    public void resumeBody() {
        if (!requestComplete) {
            context().channel().config().setAutoRead(true);
        }
    }

    // ---- between exchanges ----

    /**
     * Goes on to the next request, to the tunnel, or to the end, when both directions are complete.
     */
    private void proceed() {
        if (!inProgress || !requestComplete) {
            return;
        }
        if (tunnel.isPresent()) {
            inProgress = false;
            openTunnel(tunnel.get());
        } else if (responseComplete) {
            inProgress = false;
            if (closeAfterwards) {
                closeAfterFlush();
            } else {
                decoder.next();
            }
        }
    }

    private void openTunnel(Entrance.AdmittedTunnel admitted) {
        context().channel().config().setAutoRead(true);
        response.established(context());
        flush();
        ChannelPipeline pipeline = context().pipeline();
        TunnelStart.install(pipeline, services, admitted.request(), admitted.tunnel());
        pipeline.remove(this);
        pipeline.remove(decoder); // what it still holds goes to the tunnel
    }

    private void closeAfterFlush() {
        response.close(context());
    }

    private ChannelHandlerContext context() {
        return self.orElseThrow();
    }

    // ---- lifecycle and time ----

    @Override
    public int exchangesInProgress() {
        return inProgress ? 1 : 0;
    }

    @Override
    public void drain() {
        eventLoop()
                .execute(
                        () -> {
                            closeAfterwards = true;
                            if (!inProgress) {
                                closeAfterFlush();
                            } else if (webSocket && responseStarted) {
                                sink.downstreamFailed(
                                        Refusal.of(ErrorCode.STOPPING, "The proxy is stopping"));
                            }
                        });
    }

    void closeNow() {
        context().channel().close();
    }

    @Override
    public void check(long now) {
        boolean clientOwesBody =
                inProgress
                        && bodyExpected
                        && !responseStarted
                        && context().channel().config().isAutoRead();
        if (!inProgress && patience.headOverdue(now)) {
            exceptionCaught(
                    context(),
                    new RefusedException(
                            ErrorCode.REQUEST_TIMEOUT, "No complete request head in time"));
        } else if (clientOwesBody && patience.idleTooLong(now)) {
            exceptionCaught(
                    context(),
                    new RefusedException(ErrorCode.REQUEST_TIMEOUT, "The request body stopped"));
        } else if (inProgress && responseComplete) {
            // a body that a server still takes has the time of any body
            boolean overdue =
                    sink instanceof DiscardedBody
                            ? patience.lingeredTooLong(now)
                            : patience.idleTooLong(now);
            if (overdue) {
                closeNow();
            }
        } else if (patience.idleTooLong(now) && (!inProgress || !isWritable())) {
            closeNow();
        }
    }
}
