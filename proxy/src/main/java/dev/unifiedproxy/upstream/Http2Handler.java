package dev.unifiedproxy.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;

/** Netty's HTTP/2 with our limits; tells the connection of errors before it acts on them. */
final class Http2Handler extends Http2ConnectionHandler {
    /** Streams at once that we open on one connection, at most. */
    static final int MAX_STREAMS = 100;

    static final int STREAM_WINDOW = 256 * 1024;
    private static final int MAX_HEAD_BYTES = 64 * 1024;
    private static final int MAX_CONTROL_FRAMES_QUEUED = 1_000;
    private static final int MAX_RESETS = 400;
    private static final int RESET_WINDOW_SECONDS = 30;

    private final Http2Connection owner;

    private Http2Handler(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            Http2Connection owner) {
        super(decoder, encoder, settings);
        this.owner = owner;
    }

    static Http2Handler of(Http2Connection owner) {
        return new Builder(owner).build();
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext context,
            boolean outbound,
            Throwable cause,
            Http2Exception error) {
        owner.protocolBroken();
        super.onConnectionError(context, outbound, cause, error);
    }

    @Override
    protected void onStreamError(
            ChannelHandlerContext context,
            boolean outbound,
            Throwable cause,
            Http2Exception.StreamException error) {
        owner.streamBroken(error.streamId());
        super.onStreamError(context, outbound, cause, error);
    }

    private static final class Builder
            extends AbstractHttp2ConnectionHandlerBuilder<Http2Handler, Builder> {
        private final Http2Connection owner;

        Builder(Http2Connection owner) {
            this.owner = owner;
            server(false);
            frameListener(owner.frames());
            validateHeaders(true);
            headerSensitivityDetector(Http2RequestBlock::isSensitive);
            encoderEnforceMaxQueuedControlFrames(MAX_CONTROL_FRAMES_QUEUED);
            decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS);
            gracefulShutdownTimeoutMillis(0);
            initialSettings(
                    Http2Settings.defaultSettings()
                            .pushEnabled(false)
                            .initialWindowSize(STREAM_WINDOW)
                            .maxHeaderListSize(MAX_HEAD_BYTES));
        }

        @Override
        protected Http2Handler build() {
            return super.build();
        }

        @Override
        protected Http2Handler build(
                Http2ConnectionDecoder decoder,
                Http2ConnectionEncoder encoder,
                Http2Settings settings) {
            return new Http2Handler(decoder, encoder, settings, owner);
        }
    }
}
