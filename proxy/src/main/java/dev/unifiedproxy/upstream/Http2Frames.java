package dev.unifiedproxy.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/** Frames of the server to calls of the connection; counts those that cost and bring nothing. */
final class Http2Frames extends Http2FrameAdapter {
    /** Frames that carry nothing of a response, in a row; a server has no use for so many. */
    private static final int MAX_IDLE_FRAMES = 1_000;

    private final Http2Connection connection;
    private int idleFrames;

    Http2Frames(Http2Connection connection) {
        this.connection = connection;
    }

    @Override
    public int onDataRead(
            ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean end) {
        idleFrames = 0;
        return connection.data(id, data, padding, end);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context, int id, Http2Headers headers, int padding, boolean end) {
        idleFrames = 0;
        connection.headers(id, headers, end);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int id,
            Http2Headers headers,
            int streamDependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean end) {
        onHeadersRead(context, id, headers, padding, end);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int id, long code) {
        connection.resetByServer(id, code);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings)
            throws Http2Exception {
        count();
        connection.settled();
    }

    @Override
    public void onPingRead(ChannelHandlerContext context, long data) throws Http2Exception {
        count();
    }

    @Override
    public void onPriorityRead(
            ChannelHandlerContext context, int id, int dependency, short weight, boolean exclusive)
            throws Http2Exception {
        count();
    }

    private void count() throws Http2Exception {
        if (++idleFrames > MAX_IDLE_FRAMES) {
            throw Http2Exception.connectionError(
                    Http2Error.ENHANCE_YOUR_CALM, "Too many frames that carry nothing");
        }
    }
}
