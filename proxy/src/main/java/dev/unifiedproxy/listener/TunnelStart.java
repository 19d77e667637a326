package dev.unifiedproxy.listener;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.http.ConnectRequest;
import dev.unifiedproxy.tls.ServerNameGate;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.ExchangePath;
import dev.unifiedproxy.transport.Http1RequestDecoder;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;

import java.util.Optional;

/**
 * The first moments of an admitted tunnel: TLS for exactly the CONNECT's name, or on port 80 a
 * plain request. Anything else ends it. No raw byte ever passes but in a tunnel that policy says is
 * passed through, behind a ClientHello for that name.
 */
final class TunnelStart extends ChannelInboundHandlerAdapter {
    private static final int TLS_HANDSHAKE_RECORD = 22;
    private static final int PLAIN_PORT = 80;

    private final EdgeServices services;
    private final ConnectRequest connect;
    private final ExchangePath.Tunnel tunnel;
    private boolean settled;

    private TunnelStart(EdgeServices services, ConnectRequest connect, ExchangePath.Tunnel tunnel) {
        this.services = services;
        this.connect = connect;
        this.tunnel = tunnel;
    }

    static void install(
            ChannelPipeline pipeline,
            EdgeServices services,
            ConnectRequest connect,
            ExchangePath.Tunnel tunnel) {
        if (tunnel.passesThrough()) {
            pipeline.addLast(
                    ServerNameGate.passingThrough(
                            connect.authority().host(), services.limits().head()),
                    new PassThroughEdge(services, tunnel));
            return;
        }
        TunnelStart start = new TunnelStart(services, connect, tunnel);
        if (connect.authority().port() == PLAIN_PORT) {
            pipeline.addLast(start.new PlainOrTls());
        } else {
            pipeline.addLast(start.gate());
        }
        pipeline.addLast(start);
    }

    private ServerNameGate gate() {
        return new ServerNameGate(
                connect.authority().host(), services.certificates(), services.limits().head());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                establish(context.pipeline(), true, speaksHttp2(context.pipeline()));
            } else {
                fail(
                        context,
                        Refusal.of(
                                        ErrorCode.TLS_HANDSHAKE,
                                        "The client broke off the TLS handshake")
                                .withRemedy(
                                        "make the client trust the proxy's CA certificate:"
                                                + " unified-proxy env NAME"));
            }
        }
        context.fireUserEventTriggered(event);
    }

    /** By ALPN only: HTTP/2 by prior knowledge or upgrade is refused (RFC 9113 section 3.2). */
    private static boolean speaksHttp2(ChannelPipeline pipeline) {
        return ApplicationProtocolNames.HTTP_2.equals(
                pipeline.get(SslHandler.class).applicationProtocol());
    }

    private void establish(ChannelPipeline pipeline, boolean secure, boolean http2) {
        settled = true;
        tunnel.established();
        Door.Tunnel door =
                new Door.Tunnel(connect.authority(), secure, connect.proxyCredentials(), tunnel);
        if (http2) {
            pipeline.addLast(Http2Edge.create(services, door, connect.source()));
        } else {
            Http1RequestDecoder decoder = new Http1RequestDecoder();
            pipeline.addLast(decoder, new ServerEdge(services, door, connect.source(), decoder));
        }
        pipeline.remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(
                context,
                cause instanceof RefusedException refused
                        ? refused.refusal()
                        : Refusal.of(
                                ErrorCode.TLS_HANDSHAKE,
                                "The tunnel's first bytes could not be read"));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(
                context,
                Refusal.of(
                        ErrorCode.CLIENT_ABORTED,
                        "The client closed the tunnel before TLS was up"));
        context.fireChannelInactive();
    }

    private void fail(ChannelHandlerContext context, Refusal refusal) {
        if (!settled) {
            settled = true;
            tunnel.broken(refusal);
        }
        context.close();
    }

    /** Waits for one byte; it decides between the two and is not consumed. */
    private final class PlainOrTls extends ChannelInboundHandlerAdapter
            implements Deadlines.Watched {
        private final long since = services.deadlines().now();
        private Optional<ChannelHandlerContext> self = Optional.empty();

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            self = Optional.of(context);
            services.deadlines().watch(context.channel().eventLoop(), this);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            services.deadlines().forget(context.channel().eventLoop(), this);
        }

        @Override
        public void check(long now) {
            if (now - since > services.limits().head().toNanos()) {
                fail(
                        self.orElseThrow(),
                        Refusal.of(
                                ErrorCode.REQUEST_TIMEOUT, "The tunnel's first byte did not come"));
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (!(message instanceof ByteBuf bytes) || !bytes.isReadable()) {
                ReferenceCountUtil.release(message);
                return;
            }
            if (bytes.getUnsignedByte(bytes.readerIndex()) == TLS_HANDSHAKE_RECORD) {
                context.pipeline().addAfter(context.name(), null, gate());
            } else {
                establish(context.pipeline(), false, false);
            }
            context.fireChannelRead(bytes);
            context.pipeline().remove(this);
        }
    }
}
