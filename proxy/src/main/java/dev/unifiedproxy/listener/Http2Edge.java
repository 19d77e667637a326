package dev.unifiedproxy.listener;

import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.FrameBudget;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The HTTP/2 edge: streams of one connection to the path, responses back. Like the HTTP/1.1 edge it
 * decides nothing.
 *
 * <p>Frames, HPACK, flow-control windows and stream states are Netty's; there is no channel for
 * each stream (ADR 0016). Which head is a request is ours: Netty's own header checks are off.
 */
final class Http2Edge extends Http2ConnectionHandler implements Deadlines.Watched, EdgeConnection {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Edge.class);

    private final EdgeServices services;
    private final Entrance entrance;
    private final Http2Connection.PropertyKey key;
    private final FrameBudget budget;

    /** Streams that got something in the read in progress. */
    private final ArrayDeque<Http2ServerStream> touched = new ArrayDeque<>();

    private Optional<ChannelHandlerContext> self = Optional.empty();
    private volatile int streams;
    private boolean draining;
    private boolean endLogged;
    private boolean settled;
    private boolean frameSeen;
    private boolean unfinished;
    private long unfinishedSince;
    private long lastProgress;

    Http2Edge(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            EdgeServices services,
            Door.Tunnel door,
            IpAddress source) {
        super(decoder, encoder, settings);
        this.services = services;
        this.entrance = new Entrance(services, door, source);
        this.key = connection().newKey();
        this.lastProgress = services.deadlines().now();
        this.budget = new FrameBudget(lastProgress);
        decoder.frameListener(new Http2Frames(this));
    }

    static Http2Edge create(EdgeServices services, Door.Tunnel door, IpAddress source) {
        return new Http2EdgeBuilder(services, door, source).build();
    }

    // ---- what streams use ----

    EdgeServices services() {
        return services;
    }

    Entrance entrance() {
        return entrance;
    }

    FrameBudget budget() {
        return budget;
    }

    ChannelHandlerContext context() {
        return self.orElseThrow();
    }

    boolean isWritable(Http2Stream stream) {
        return connection().remote().flowController().isWritable(stream);
    }

    void push() {
        flush(context());
    }

    /** Gives a client its credit back: so many bytes of its body have been taken. */
    void consumed(Http2Stream stream, int bytes) {
        try {
            if (connection().local().flowController().consumeBytes(stream, bytes)) {
                push();
            }
        } catch (Http2Exception e) {
            onError(context(), true, e);
        }
    }

    void reset(Http2Stream stream, Http2Error error) {
        resetStream(context(), stream.id(), error.code(), context().newPromise());
        push();
    }

    // ---- what frames bring ----

    Optional<Http2ServerStream> stream(int id) {
        Http2Stream stream = connection().stream(id);
        return stream == null ? Optional.empty() : Optional.ofNullable(stream.getProperty(key));
    }

    Http2ServerStream open(int id) {
        Http2Stream stream = connection().stream(id);
        Http2ServerStream opened = new Http2ServerStream(this, stream);
        stream.setProperty(key, opened);
        return opened;
    }

    void touch(Http2ServerStream stream) {
        if (touched.peekLast() != stream) {
            touched.add(stream);
        }
    }

    void progress() {
        lastProgress = services.deadlines().now();
    }

    void settingsArrived() {
        settled = true;
    }

    /** Bytes that complete no frame, or no header block, are the beginning of one. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        frameSeen = false;
        super.channelRead(context, message);
        if (frameSeen) {
            unfinished = false;
        } else if (!unfinished) {
            unfinished = true;
            unfinishedSince = services.deadlines().now();
        }
    }

    /** A frame, and the header block that it belongs to, are complete. */
    void frameComplete() {
        frameSeen = true;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        flushTouched();
        super.channelReadComplete(context);
    }

    private void flushTouched() {
        while (!touched.isEmpty()) {
            touched.poll().flushRequest();
        }
    }

    // ---- lifecycle ----

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
        self = Optional.of(context);
        connection()
                .addListener(
                        new Http2ConnectionAdapter() {
                            @Override
                            public void onStreamActive(Http2Stream stream) {
                                streams = connection().numActiveStreams();
                            }

                            @Override
                            public void onStreamClosed(Http2Stream stream) {
                                ended(stream);
                            }
                        });
        connection().remote().flowController().listener(this::writabilityChanged);
        super.handlerAdded(context);
        connection()
                .local()
                .flowController()
                .incrementWindowSize(
                        connection().connectionStream(),
                        Http2EdgeBuilder.CONNECTION_WINDOW
                                - connection()
                                        .local()
                                        .flowController()
                                        .windowSize(connection().connectionStream()));
        services.deadlines().watch(context.channel().eventLoop(), this);
        services.connections().add(this);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
        services.deadlines().forget(context.channel().eventLoop(), this);
        services.connections().remove(this);
        super.handlerRemoved0(context);
    }

    private void writabilityChanged(Http2Stream stream) {
        Http2ServerStream ours = stream.getProperty(key);
        if (ours != null && isWritable(stream)) {
            ours.writable();
        }
    }

    private void ended(Http2Stream stream) {
        streams = connection().numActiveStreams();
        Http2ServerStream ours = stream.getProperty(key);
        if (ours != null) {
            ours.closed();
        }
        if (draining && streams == 0) {
            context().executor().execute(this::closeNow);
        }
    }

    @Override
    public int exchangesInProgress() {
        return streams;
    }

    /** GOAWAY names the last stream that will be served; the client goes elsewhere with others. */
    @Override
    public void drain() {
        ChannelHandlerContext context = context();
        context.executor()
                .execute(
                        () -> {
                            draining = true;
                            goAway(
                                    context,
                                    connection().remote().lastStreamCreated(),
                                    Http2Error.NO_ERROR.code(),
                                    Unpooled.EMPTY_BUFFER,
                                    context.newPromise());
                            forEachStream(Http2ServerStream::drain);
                            push();
                            if (connection().numActiveStreams() == 0) {
                                closeNow();
                            }
                        });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof ContainerDeparted departed) {
            forEachStream(stream -> stream.leave(departed.refusal()));
            push();
        }
        super.userEventTriggered(context, event);
    }

    /** At once, streams in progress with it: whoever closes the channel means it. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        context.close(promise);
    }

    void closeNow() {
        context().close();
    }

    // ---- floods and time ----

    @Override
    protected void onConnectionError(
            ChannelHandlerContext context,
            boolean outbound,
            Throwable cause,
            Http2Exception exception) {
        if (!endLogged) {
            endLogged = true;
            String reason =
                    exception == null
                            ? cause.getClass().getSimpleName()
                            : exception.error() + ": " + exception.getMessage();
            LOG.atWarn()
                    .addKeyValue("container_id", entrance.door().container())
                    .log("HTTP/2 connection of {} ended - {}", entrance.door().container(), reason);
            if (exception != null && exception.error() == Http2Error.ENHANCE_YOUR_CALM) {
                services.connections()
                        .punish(entrance.door().container(), context.channel().eventLoop());
            }
        }
        super.onConnectionError(context, outbound, cause, exception);
    }

    /** What Netty finds broken in a stream is told to its exchange as the client's doing. */
    @Override
    protected void onStreamError(
            ChannelHandlerContext context,
            boolean outbound,
            Throwable cause,
            Http2Exception.StreamException exception) {
        boolean tooLarge = exception instanceof Http2Exception.HeaderListSizeException;
        Http2Stream stream = connection().stream(exception.streamId());
        if (!outbound
                && !tooLarge
                && stream != null
                && exception.error() == Http2Error.PROTOCOL_ERROR) {
            stream(stream.id()).orElseGet(() -> open(stream.id())).brokenFraming();
            if (connection().stream(exception.streamId()) == null) {
                return; // it was reset with its refusal
            }
        }
        super.onStreamError(context, outbound, cause, exception);
    }

    @Override
    protected void handleServerHeaderDecodeSizeError(
            ChannelHandlerContext context, Http2Stream stream) {
        // A stream that is known already has too large trailers: its exchange hears of it.
        stream(stream.id())
                .orElseGet(() -> open(stream.id()))
                .headTooLarge(Http2EdgeBuilder.MAX_HEADER_LIST);
    }

    @Override
    public void check(long now) {
        boolean silent = now - lastProgress > services.limits().idle().toNanos();
        boolean noPreface = !settled && now - lastProgress > services.limits().head().toNanos();
        boolean dribbles = unfinished && now - unfinishedSince > services.limits().head().toNanos();
        if (noPreface || dribbles || (silent && connection().numActiveStreams() == 0)) {
            closeNow();
            return;
        }
        forEachStream(stream -> stream.check(now));
    }

    private void forEachStream(Consumer<Http2ServerStream> action) {
        try {
            connection()
                    .forEachActiveStream(
                            stream -> {
                                Http2ServerStream ours = stream.getProperty(key);
                                if (ours != null) {
                                    action.accept(ours);
                                }
                                return true;
                            });
        } catch (Http2Exception e) {
            onError(context(), true, e);
        }
    }
}
