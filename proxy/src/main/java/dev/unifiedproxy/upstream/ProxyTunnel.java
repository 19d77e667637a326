package dev.unifiedproxy.upstream;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.transport.Http1ResponseDecoder;
import dev.unifiedproxy.transport.Http1Writer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

/**
 * A tunnel through the operator's own proxy: CONNECT (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9110#section-9.3.6">RFC 9110 section 9.3.6</a>)
 * and its answer, read as strictly as any response.
 *
 * <p>Whoever uses the tunnel speaks first, so a byte behind the head of a 2xx is an error: it would
 * be taken for the server's. The decoder refuses it, and therefore the tunnel stands only when all
 * that came with the head was looked at.
 */
final class ProxyTunnel extends ChannelInboundHandlerAdapter {
    private final Http1ResponseDecoder decoder = new Http1ResponseDecoder();
    private final Promise<Channel> result;
    private boolean accepted;

    private ProxyTunnel(Promise<Channel> result) {
        this.result = result;
    }

    /** Asks for a tunnel; fails with {@link RefusedException}. The caller bounds the time. */
    static Future<Channel> open(Channel channel, Authority target, UpstreamProxy proxy) {
        Promise<Channel> result = channel.eventLoop().newPromise();
        ProxyTunnel tunnel = new ProxyTunnel(result);
        channel.pipeline().addLast(tunnel.decoder, tunnel);
        tunnel.decoder.expect(Method.CONNECT);
        Headers fields = Headers.of("Host", target.toString());
        channel.writeAndFlush(
                Http1Writer.requestHead(
                        channel.alloc(),
                        Method.CONNECT,
                        target.toString(),
                        proxy.login().map(login -> login.with(fields)).orElse(fields),
                        BodyFraming.NONE),
                channel.voidPromise());
        return result;
    }

    /** What is not the final head (an interim one, the body of a refusal) is of no interest. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ResponseHead head && !head.informational()) {
            accepted = head.status() / 100 == 2;
            if (!accepted) {
                result.tryFailure(refused(head.status()));
            }
        }
        ReferenceCountUtil.release(message);
    }

    private static RefusedException refused(int status) {
        Refusal refusal =
                Refusal.of(
                        ErrorCode.UPSTREAM_PROXY_REFUSED,
                        "The upstream proxy answered CONNECT with " + status);
        return new RefusedException(
                status == 407
                        ? refusal.withRemedy("Its login stands in PROXY_UPSTREAM_PROXY.")
                        : refusal);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (accepted && !result.isDone()) {
            context.pipeline().remove(decoder);
            context.pipeline().remove(this);
            result.trySuccess(context.channel());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        result.tryFailure(
                cause instanceof RefusedException
                        ? new RefusedException(
                                ErrorCode.BAD_RESPONSE,
                                "The upstream proxy's answer to CONNECT is not one well-formed"
                                        + " response")
                        : cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        result.tryFailure(
                new RefusedException(
                        ErrorCode.CONNECT_FAILED,
                        "The upstream proxy closed the connection before its answer"));
    }
}
