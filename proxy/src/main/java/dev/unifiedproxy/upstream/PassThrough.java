package dev.unifiedproxy.upstream;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.RequestBodySink;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * One tunnel whose bytes go by unread: counted, held back when the other side does not take more,
 * and ended one direction at a time, as TCP does it.
 *
 * <p>It ends well when both sides have ended, or one has and the other is lost then: a client that
 * has what it wanted closes without waiting, and TLS itself tells a cut message from a whole one.
 */
final class PassThrough extends ChannelInboundHandlerAdapter implements RequestBodySink {
    private final Authority authority;
    private final Downstream client;
    private final ExchangeObserver observer;

    /** What came before the server was there; no more than one read, because reading is paused. */
    private final Queue<ByteBuf> early = new ArrayDeque<>();

    private Optional<Channel> server = Optional.empty();
    private boolean clientEnded;
    private boolean serverEnded;
    private boolean over;
    private long sent;
    private long received;

    PassThrough(Authority authority, Downstream client, ExchangeObserver observer) {
        this.authority = authority;
        this.client = client;
        this.observer = observer;
    }

    Authority authority() {
        return authority;
    }

    Downstream client() {
        return client;
    }

    boolean isOver() {
        return over;
    }

    /** The connection stands; from here on bytes go both ways. */
    void connected(Channel channel, IpAddress address) {
        server = Optional.of(channel);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        observer.connected(address);
        observer.responded(200);
        channel.pipeline().addLast(this);
        while (!early.isEmpty()) {
            send(channel, early.remove());
        }
        channel.flush();
        if (clientEnded) {
            endOutput(channel);
        } else if (channel.isWritable()) {
            client.resumeBody();
        }
    }

    // ---- from the client ----

    @Override
    public void body(ByteBuf piece) {
        if (over || clientEnded) {
            piece.release();
        } else if (server.isEmpty()) {
            early.add(piece);
        } else {
            Channel channel = server.get();
            send(channel, piece);
            if (!channel.isWritable()) {
                client.pauseBody();
            }
        }
    }

    private void send(Channel channel, ByteBuf piece) {
        sent += piece.readableBytes();
        channel.write(piece, channel.voidPromise());
    }

    @Override
    public void end(Headers trailers) {
        if (over || clientEnded) {
            return;
        }
        clientEnded = true;
        server.ifPresent(PassThrough::endOutput);
        endWhenBothHave();
    }

    @Override
    public void flush() {
        server.ifPresent(Channel::flush);
    }

    @Override
    public void downstreamWritable() {
        server.ifPresent(channel -> channel.config().setAutoRead(true));
    }

    @Override
    public void downstreamFailed(Refusal reason) {
        if (server.isPresent() && (clientEnded || serverEnded)) {
            complete();
        } else {
            fail(reason);
        }
    }

    // ---- from the server ----

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf piece = (ByteBuf) message;
        if (over) {
            piece.release();
            return;
        }
        received += piece.readableBytes();
        client.body(piece);
        if (!client.isWritable()) {
            context.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        client.flush();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !over && !serverEnded) {
            serverEnded = true;
            client.end(Headers.empty());
            endWhenBothHave();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable() && !over && !clientEnded) {
            client.resumeBody();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (clientEnded || serverEnded) {
            complete();
        } else {
            fail(
                    Refusal.of(
                            ErrorCode.UPSTREAM_CLOSED,
                            "The connection to " + authority + " was cut"));
        }
    }

    /** A reset: what it means is judged when the channel is inactive. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    // ---- the end ----

    private void endWhenBothHave() {
        if (clientEnded && serverEnded) {
            complete();
        }
    }

    private void complete() {
        if (over) {
            return;
        }
        over = true;
        release();
        observer.completed(sent, received);
        client.abort();
    }

    void fail(Refusal reason) {
        if (over) {
            return;
        }
        over = true;
        release();
        observer.failed(reason, sent, received);
        client.abort();
    }

    /** The close comes after what is still to be written. */
    private void release() {
        early.forEach(ByteBuf::release);
        early.clear();
        server.ifPresent(
                channel ->
                        channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                                .addListener(ChannelFutureListener.CLOSE));
    }

    /** Half of the close, after what is still to be written: an earlier one would discard that. */
    private static void endOutput(Channel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(
                        written -> {
                            if (written.isSuccess() && channel instanceof DuplexChannel duplex) {
                                duplex.shutdownOutput();
                            }
                        });
    }
}
