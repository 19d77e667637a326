package dev.unifiedproxy.listener;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.http.Answer;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.ExchangePath;
import dev.unifiedproxy.transport.RequestBodySink;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;

import java.util.Optional;

/**
 * The client's side of a tunnel whose TLS is not ended here. What comes to it has passed the gate
 * in front of it, so the first byte says that the ClientHello was read and named the right host.
 */
final class PassThroughEdge extends ChannelInboundHandlerAdapter
        implements Downstream, Deadlines.Watched, EdgeConnection {
    private final EdgeServices services;
    private final ExchangePath.Tunnel tunnel;

    private Optional<ChannelHandlerContext> self = Optional.empty();
    private Optional<RequestBodySink> sink = Optional.empty();
    private volatile boolean started;
    private boolean settled;
    private long lastProgress;

    PassThroughEdge(EdgeServices services, ExchangePath.Tunnel tunnel) {
        this.services = services;
        this.tunnel = tunnel;
        this.lastProgress = services.deadlines().now();
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
        progress();
        if (!started) {
            started = true;
            settled = true;
            context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            tunnel.splice(this);
        }
        ByteBuf piece = (ByteBuf) message;
        sink.ifPresentOrElse(to -> to.body(piece), piece::release);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        sink.ifPresent(RequestBodySink::flush);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            progress();
            sink.ifPresent(to -> to.end(Headers.empty()));
        } else if (event instanceof ContainerDeparted departed) {
            end(departed.refusal());
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        progress();
        if (context.channel().isWritable()) {
            sink.ifPresent(RequestBodySink::downstreamWritable);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end(Refusal.of(ErrorCode.CLIENT_ABORTED, "The client closed the tunnel"));
    }

    /** The gate's refusal, or a reset. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof RefusedException refused) {
            end(refused.refusal());
        }
        context.close();
    }

    private void end(Refusal refusal) {
        if (!settled) {
            settled = true;
            tunnel.broken(refusal);
        }
        sink.ifPresent(to -> to.downstreamFailed(refusal));
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

    /** The CONNECT was answered long ago, and inside it only the server can speak. */
    @Override
    public void answer(Answer answer) {
        abort();
    }

    @Override
    public void informational(ResponseHead head) {
        throw new IllegalStateException("No HTTP passes here: " + head.status());
    }

    @Override
    public void head(ResponseHead head) {
        throw new IllegalStateException("No HTTP passes here: " + head.status());
    }

    @Override
    public void body(ByteBuf piece) {
        progress();
        context().write(piece, context().voidPromise());
    }

    /** Half of the close, after what is still to be written: an earlier one would discard that. */
    @Override
    public void end(Headers trailers) {
        progress();
        context()
                .writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(
                        (ChannelFutureListener)
                                written -> {
                                    if (written.isSuccess()
                                            && written.channel() instanceof DuplexChannel duplex) {
                                        duplex.shutdownOutput();
                                    }
                                });
    }

    /** The close comes after what is still to be written. */
    @Override
    public void abort() {
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
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
        sink = Optional.of(to);
    }

    @Override
    public void pauseBody() {
        context().channel().config().setAutoRead(false);
    }

    @Override
    public void resumeBody() {
        context().channel().config().setAutoRead(true);
    }

    private ChannelHandlerContext context() {
        return self.orElseThrow();
    }

    // ---- lifecycle and time ----

    @Override
    public int exchangesInProgress() {
        return started ? 1 : 0;
    }

    /** What is in a tunnel has no last exchange that could be waited for; the stop cuts it. */
    @Override
    public void drain() {
        eventLoop()
                .execute(
                        () -> {
                            if (!started) {
                                context().close();
                            }
                        });
    }

    private void progress() {
        lastProgress = services.deadlines().now();
    }

    /** Before the start the gate has its own limit. */
    @Override
    public void check(long now) {
        if (started && now - lastProgress > services.limits().idle().toNanos()) {
            end(
                    Refusal.of(
                            ErrorCode.REQUEST_TIMEOUT,
                            "No byte went through the tunnel for " + services.limits().idle()));
            context().close();
        }
    }
}
