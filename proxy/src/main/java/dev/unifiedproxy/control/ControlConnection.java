package dev.unifiedproxy.control;

import dev.unifiedproxy.limit.Admission;
import dev.unifiedproxy.limit.KeyedLimiter;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * One connection to the control API: one request after the other, each answered on a virtual
 * thread. Its state belongs to its event loop.
 */
final class ControlConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(ControlConnection.class);
    private static final int MAX_PIPELINED = 16;

    private record Pending(ControlRequest request, Optional<ControlResponse> error, boolean keep) {}

    private final ControlRoutes routes;
    private final KeyedLimiter<String> limiter;
    private final Executor handlers;
    private final RequestDeadline deadline;
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private String client = "";
    private boolean busy;
    private boolean stopping;

    ControlConnection(
            ControlRoutes routes,
            KeyedLimiter<String> limiter,
            Executor handlers,
            RequestDeadline deadline) {
        this.routes = routes;
        this.limiter = limiter;
        this.handlers = handlers;
        this.deadline = deadline;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        client = PeerIdentity.of(ctx.channel());
        deadline.start(ctx);
        ctx.fireChannelActive();
    }

    /** Ends the connection once the request that is being answered, if any, is answered. */
    void stop(ChannelHandlerContext ctx) {
        stopping = true;
        waiting.clear();
        if (!busy) {
            ctx.close();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
        if (waiting.size() >= MAX_PIPELINED) {
            ctx.close();
            return;
        }
        Optional<ControlResponse> error = decoderError(message);
        waiting.add(
                new Pending(
                        read(message), error, error.isEmpty() && HttpUtil.isKeepAlive(message)));
        if (!busy) {
            next(ctx);
        }
    }

    private static ControlRequest read(FullHttpRequest message) {
        String uri = message.uri();
        int query = uri.indexOf('?');
        return new ControlRequest(
                message.method().name(),
                query < 0 ? uri : uri.substring(0, query),
                Optional.ofNullable(message.headers().get(HttpHeaderNames.CONTENT_TYPE)),
                ByteBufUtil.getBytes(message.content()));
    }

    private static Optional<ControlResponse> decoderError(FullHttpRequest message) {
        if (message.decoderResult().isSuccess()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (message.decoderResult().cause()) {
                    case TooLongHttpLineException _ ->
                            ControlJson.error(414, "URI too long", "The request line is too long");
                    case TooLongHttpHeaderException _ ->
                            ControlJson.error(
                                    431, "Header too large", "The header fields are too long");
                    case null, default ->
                            ControlJson.error(400, "Bad request", "Not a well-formed HTTP request");
                });
    }

    private void next(ChannelHandlerContext ctx) {
        Pending pending = waiting.poll();
        if (pending == null) {
            busy = false;
            deadline.start(ctx);
            return;
        }
        busy = true;
        deadline.stop();
        switch (limiter.take(client)) {
            case Admission.Exhausted exhausted ->
                    answer(
                            ctx,
                            ControlJson.with(
                                    ControlJson.error(
                                            429,
                                            "Rate limit exceeded",
                                            "Maximum 10 requests per second"),
                                    "Retry-After",
                                    Long.toString(exhausted.retryAfterSeconds())),
                            pending.keep());
            case Admission.Admitted _ ->
                    pending.error()
                            .ifPresentOrElse(
                                    error -> answer(ctx, error, false), () -> run(ctx, pending));
        }
    }

    private void run(ChannelHandlerContext ctx, Pending pending) {
        handlers.execute(
                () -> {
                    ControlResponse response = routes.handle(pending.request());
                    ctx.executor().execute(() -> answer(ctx, response, pending.keep()));
                });
    }

    private void answer(ChannelHandlerContext ctx, ControlResponse response, boolean keep) {
        if (!keep || stopping) {
            ctx.writeAndFlush(Responses.closing(response)).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        ctx.writeAndFlush(Responses.keepingAlive(response))
                .addListener(
                        written -> {
                            if (written.isSuccess()) {
                                next(ctx);
                            } else {
                                ctx.close();
                            }
                        });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == RequestDeadline.Event.INCOMPLETE) {
            busy = true;
            answer(
                    ctx,
                    ControlJson.error(
                            408, "Request timeout", "The request was not complete in time"),
                    false);
        } else if (event == RequestDeadline.Event.IDLE) {
            ctx.close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("Control connection of {} ended", client, cause);
        ctx.close();
    }
}
