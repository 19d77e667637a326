package dev.unifiedproxy.listener;

import dev.unifiedproxy.transport.Http2Blocks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

import java.util.Optional;

/** Frames of one client to its streams; those that carry nothing are counted. */
final class Http2Frames extends Http2FrameAdapter {
    private final Http2Edge edge;

    Http2Frames(Http2Edge edge) {
        this.edge = edge;
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int id,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean endOfStream)
            throws Http2Exception {
        onHeadersRead(context, id, headers, padding, endOfStream);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int id,
            Http2Headers headers,
            int padding,
            boolean endOfStream)
            throws Http2Exception {
        edge.frameComplete();
        edge.progress();
        edge.budget().earn();
        Optional<Http2ServerStream> known = edge.stream(id);
        if (known.isPresent()) {
            known.get().trailers(Http2Blocks.lines(headers), endOfStream);
            edge.touch(known.get());
        } else {
            Http2ServerStream opened = edge.open(id);
            opened.request(Http2Blocks.lines(headers), endOfStream);
            edge.touch(opened);
        }
    }

    /** What is returned has been consumed; the body itself is when the server's side took it. */
    @Override
    public int onDataRead(
            ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean endOfStream) {
        edge.frameComplete();
        edge.progress();
        if (data.isReadable()) {
            edge.budget().earn();
        }
        Optional<Http2ServerStream> known = edge.stream(id);
        if (known.isEmpty()) {
            return data.readableBytes() + padding;
        }
        known.get().data(data, endOfStream);
        edge.touch(known.get());
        return padding;
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings)
            throws Http2Exception {
        edge.settingsArrived();
        spend("SETTINGS");
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext context) {
        edge.frameComplete();
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int id, long errorCode) {
        edge.frameComplete();
    }

    @Override
    public void onGoAwayRead(
            ChannelHandlerContext context, int lastId, long errorCode, ByteBuf debug) {
        edge.frameComplete();
    }

    @Override
    public void onPingRead(ChannelHandlerContext context, long data) throws Http2Exception {
        edge.progress();
        spend("PING");
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext context, long data) throws Http2Exception {
        spend("PING");
    }

    @Override
    public void onPriorityRead(
            ChannelHandlerContext context, int id, int dependency, short weight, boolean exclusive)
            throws Http2Exception {
        spend("PRIORITY");
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext context, int id, int increment)
            throws Http2Exception {
        edge.progress();
        spend("WINDOW_UPDATE");
    }

    @Override
    public void onUnknownFrame(
            ChannelHandlerContext context, byte type, int id, Http2Flags flags, ByteBuf payload) {
        edge.frameComplete();
        if (!edge.budget().spend(edge.services().deadlines().now())) {
            edge.onError(context, false, tooMany("unknown"));
        }
    }

    private void spend(String kind) throws Http2Exception {
        edge.frameComplete();
        if (!edge.budget().spend(edge.services().deadlines().now())) {
            throw tooMany(kind);
        }
    }

    private static Http2Exception tooMany(String kind) {
        return Http2Exception.connectionError(
                Http2Error.ENHANCE_YOUR_CALM, "too many %s frames", kind);
    }
}
