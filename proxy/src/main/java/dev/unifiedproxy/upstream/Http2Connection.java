package dev.unifiedproxy.upstream;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.Http2Blocks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.netty.util.concurrent.Future;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One HTTP/2 connection to a server, with many exchanges at once. A stream that breaks concerns
 * only its own exchange; a connection that breaks concerns them all.
 */
final class Http2Connection extends ChannelInboundHandlerAdapter implements Deadlines.Watched {
    private final PoolKey key;
    private final IpAddress address;
    private final Http2Table table;
    private final Deadlines deadlines;
    private final UpstreamLimits limits;
    private final Http2Handler http2;
    private final IntObjectMap<Http2Stream> streams = new IntObjectHashMap<>();
    private final List<Http2Stream> touched = new ArrayList<>();

    private Optional<ChannelHandlerContext> self = Optional.empty();
    private boolean draining;
    private boolean settled;
    private boolean used;
    private long lastActivity;

    Http2Connection(
            PoolKey key,
            IpAddress address,
            Http2Table table,
            Deadlines deadlines,
            UpstreamLimits limits) {
        this.key = key;
        this.address = address;
        this.table = table;
        this.deadlines = deadlines;
        this.limits = limits;
        this.http2 = Http2Handler.of(this);
    }

    /** Takes a connected and verified channel over. */
    void attach(Channel channel) {
        http2.connection().addListener(new Streams());
        http2.encoder().flowController().listener(stream -> at(stream.id(), Http2Stream::writable));
        channel.pipeline().addLast(http2, this);
        widen();
    }

    /** So wide that streams which their clients do not read never hold up the others. */
    private void widen() {
        try {
            http2.decoder()
                    .flowController()
                    .incrementWindowSize(
                            http2.connection().connectionStream(),
                            Http2Handler.MAX_STREAMS * Http2Handler.STREAM_WINDOW);
            flush();
        } catch (Http2Exception e) {
            throw new IllegalStateException("The window can not be that wide", e);
        }
    }

    Http2FrameListener frames() {
        return new Http2Frames(this);
    }

    PoolKey key() {
        return key;
    }

    IpAddress address() {
        return address;
    }

    long now() {
        return deadlines.now();
    }

    /**
     * Whether one more exchange may go over it. Until the server's limit is known, what RFC 9113
     * section 6.5.2 recommends as the least.
     */
    boolean hasRoom() {
        int bound =
                settled
                        ? Math.min(
                                Http2Handler.MAX_STREAMS,
                                http2.connection().local().maxActiveStreams())
                        : Http2Handler.MAX_STREAMS;
        return !draining && isOpen() && streams.size() < bound;
    }

    boolean isIdle() {
        return streams.isEmpty() && isOpen();
    }

    /** Closes it while nobody uses it; done when it is closed. */
    Future<Void> closeIdle() {
        drain();
        Channel channel = self.orElseThrow().channel();
        channel.close();
        return channel.closeFuture();
    }

    private boolean isOpen() {
        return self.filter(context -> context.channel().isActive()).isPresent();
    }

    /** A stream for one exchange; its head has to follow at once. */
    Http2Stream newStream() {
        Http2Stream stream = new Http2Stream(this, used);
        used = true;
        return stream;
    }

    // ---- from streams ----

    int open(Http2Stream stream, Http2Headers head, boolean end) {
        ChannelHandlerContext context = http2Context();
        int id = http2.connection().local().incrementAndGetNextStreamId();
        streams.put(id, stream);
        http2.encoder()
                .writeHeaders(context, id, head, 0, end, context.newPromise())
                .addListener((ChannelFuture sent) -> failUnsent(id, sent));
        return id;
    }

    private void failUnsent(int id, ChannelFuture sent) {
        if (!sent.isSuccess()) {
            at(id, stream -> stream.lost(closed()));
            streams.remove(id);
        }
    }

    private ChannelHandlerContext http2Context() {
        return self.orElseThrow().pipeline().context(http2);
    }

    boolean has(int id) {
        return streams.containsKey(id) && isOpen();
    }

    boolean isWritable(int id) {
        io.netty.handler.codec.http2.Http2Stream stream = http2.connection().stream(id);
        return stream != null && http2.encoder().flowController().isWritable(stream);
    }

    void data(int id, ByteBuf piece, boolean end) {
        if (!has(id) || http2.connection().stream(id) == null) {
            piece.release();
            return;
        }
        ChannelHandlerContext context = http2Context();
        http2.encoder().writeData(context, id, piece, 0, end, context.newPromise());
    }

    void end(int id, Headers trailers) {
        if (trailers.size() == 0) {
            data(id, Unpooled.EMPTY_BUFFER, true);
        } else if (has(id)) {
            ChannelHandlerContext context = http2Context();
            http2.encoder()
                    .writeHeaders(
                            context,
                            id,
                            Http2Blocks.trailers(trailers),
                            0,
                            true,
                            context.newPromise());
        }
    }

    void flush() {
        if (isOpen()) {
            http2.flush(http2Context());
        }
    }

    /** The client took so many bytes: the server may send as many more. */
    void consumed(int id, int bytes) {
        io.netty.handler.codec.http2.Http2Stream stream = http2.connection().stream(id);
        if (bytes == 0 || stream == null || !isOpen()) {
            return;
        }
        try {
            http2.decoder().flowController().consumeBytes(stream, bytes);
            flush();
        } catch (Http2Exception e) {
            throw new IllegalStateException("More was taken than came", e);
        }
    }

    void forget(Http2Stream stream) {
        streams.remove(stream.id());
        settleIdle();
    }

    void reset(Http2Stream stream, Http2Error why) {
        streams.remove(stream.id());
        if (isOpen() && http2.connection().stream(stream.id()) != null) {
            ChannelHandlerContext context = http2Context();
            http2.resetStream(context, stream.id(), why.code(), context.newPromise());
            flush();
        }
        settleIdle();
    }

    private void settleIdle() {
        lastActivity = deadlines.now();
        if (streams.isEmpty() && draining) {
            self.ifPresent(ChannelHandlerContext::close);
        }
    }

    // ---- from the server ----

    private void at(int id, Consumer<Http2Stream> action) {
        Http2Stream stream = streams.get(id);
        if (stream != null) {
            action.accept(stream);
        }
    }

    void headers(int id, Http2Headers fields, boolean end) {
        at(
                id,
                stream -> {
                    touched.add(stream);
                    stream.headers(Http2Blocks.lines(fields), end);
                });
    }

    int data(int id, ByteBuf piece, int padding, boolean end) {
        Http2Stream stream = streams.get(id);
        if (stream == null) {
            return piece.readableBytes() + padding;
        }
        touched.add(stream);
        return stream.data(piece, end) + padding;
    }

    void resetByServer(int id, long code) {
        at(id, stream -> stream.resetByServer(code));
        streams.remove(id);
        settleIdle();
    }

    void settled() {
        settled = true;
    }

    void streamBroken(int id) {
        at(id, stream -> stream.broken(broken()));
    }

    /** The server broke the rules of the connection. */
    void protocolBroken() {
        loseAll(broken());
    }

    private static Refusal broken() {
        return Refusal.of(ErrorCode.BAD_RESPONSE, "The server broke the rules of HTTP/2");
    }

    private static Refusal closed() {
        return Refusal.of(
                ErrorCode.UPSTREAM_CLOSED,
                "The server closed the connection before its response was complete");
    }

    private void loseAll(Refusal reason) {
        drain();
        List<Http2Stream> all = List.copyOf(streams.values());
        streams.clear();
        all.forEach(stream -> stream.lost(reason));
    }

    private void drain() {
        draining = true;
        table.remove(this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        self = Optional.of(context);
        lastActivity = deadlines.now();
        deadlines.watch(context.channel().eventLoop(), this);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        List<Http2Stream> flushed = List.copyOf(touched);
        touched.clear();
        flushed.forEach(Http2Stream::flushDownstream);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        deadlines.forget(context.channel().eventLoop(), this);
        loseAll(closed());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        loseAll(Refusal.of(ErrorCode.UPSTREAM_CLOSED, "The connection to the server broke"));
        context.close();
    }

    @Override
    public void check(long now) {
        if (streams.isEmpty()) {
            if (now - lastActivity > limits.idle().toNanos()) {
                closeIdle();
            }
            return;
        }
        long silence = limits.silence().toNanos();
        List.copyOf(streams.values()).forEach(stream -> stream.check(now, silence));
    }

    /** What Netty knows of the streams' lives. */
    private final class Streams extends Http2ConnectionAdapter {
        /** Streams above are known not to have been looked at (RFC 9113 section 6.8). */
        @Override
        public void onGoAwayReceived(int lastStreamId, long code, ByteBuf debugData) {
            drain();
            for (Http2Stream stream : List.copyOf(streams.values())) {
                if (stream.id() > lastStreamId) {
                    streams.remove(stream.id());
                    stream.leftBehind();
                }
            }
            settleIdle();
        }

        @Override
        public void onStreamClosed(io.netty.handler.codec.http2.Http2Stream closedStream) {
            at(
                    closedStream.id(),
                    stream -> {
                        if (!stream.ended()) {
                            streams.remove(closedStream.id());
                            stream.lost(closed());
                        }
                    });
        }
    }
}
