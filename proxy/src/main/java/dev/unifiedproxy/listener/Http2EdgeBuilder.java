package dev.unifiedproxy.listener;

import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.transport.Http2HeadReader;

import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;

/** Netty's codec around our reader of header blocks, with the bounds of one client connection. */
final class Http2EdgeBuilder
        extends AbstractHttp2ConnectionHandlerBuilder<Http2Edge, Http2EdgeBuilder> {
    /** In bytes, as for HTTP/1.1 heads. */
    static final int MAX_HEADER_LIST = 32 * 1024;

    /** Bytes of all bodies together that a client may send and no server has taken yet. */
    static final int CONNECTION_WINDOW = 2 * 1024 * 1024;

    /** The same of one stream. */
    private static final int STREAM_WINDOW = 256 * 1024;

    /** RFC 9113 section 6.5.2 recommends at least 100. */
    private static final int MAX_STREAMS = 128;

    /** Streams that a client opens and takes back at once (CVE-2023-44487). */
    private static final int MAX_RESETS = 200;

    private static final int RESET_SECONDS = 30;
    private static final int MAX_EMPTY_DATA = 8;
    private static final int MAX_SMALL_CONTINUATIONS = 16;

    private final EdgeServices services;
    private final Door.Tunnel door;
    private final IpAddress source;

    Http2EdgeBuilder(EdgeServices services, Door.Tunnel door, IpAddress source) {
        this.services = services;
        this.door = door;
        this.source = source;
        initialSettings(
                new Http2Settings()
                        .maxConcurrentStreams(MAX_STREAMS)
                        .initialWindowSize(STREAM_WINDOW)
                        .maxHeaderListSize(MAX_HEADER_LIST)
                        .connectProtocolEnabled(true)); // RFC 8441 section 3
        decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_DATA);
        decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_SECONDS);
        codec();
    }

    private void codec() {
        Http2Connection connection = new DefaultHttp2Connection(true);
        connection.remote().maxActiveStreams(MAX_STREAMS);
        Http2ConnectionEncoder encoder =
                new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter());
        DefaultHttp2FrameReader reader =
                new DefaultHttp2FrameReader(
                        new Http2HeadReader(MAX_HEADER_LIST), MAX_SMALL_CONTINUATIONS);
        codec(
                new DefaultHttp2ConnectionDecoder(
                        connection,
                        encoder,
                        reader,
                        Http2PromisedRequestVerifier.ALWAYS_VERIFY,
                        true,
                        true,
                        false),
                encoder);
    }

    @Override
    protected Http2Edge build() {
        return super.build();
    }

    @Override
    protected Http2Edge build(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings) {
        return new Http2Edge(decoder, encoder, settings, services, door, source);
    }
}
