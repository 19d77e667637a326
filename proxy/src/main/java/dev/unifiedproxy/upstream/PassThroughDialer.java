package dev.unifiedproxy.upstream;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;

import io.netty.util.concurrent.Future;

/**
 * Connects tunnels whose TLS is not ended here: only to addresses that the name resolves to now and
 * that may be dialled, never to one that a client names.
 */
final class PassThroughDialer {
    private final Dialer dialer;

    PassThroughDialer(Dialer dialer) {
        this.dialer = dialer;
    }

    void connect(PassThrough tunnel) {
        dialer.dialUnread(tunnel.authority(), tunnel.client().eventLoop())
                .addListener(
                        (Future<UpstreamChannel> dialled) -> {
                            if (!dialled.isSuccess()) {
                                tunnel.fail(refusal(dialled.cause(), tunnel));
                            } else if (tunnel.isOver()) {
                                dialled.getNow().channel().close();
                            } else {
                                UpstreamChannel upstream = dialled.getNow();
                                tunnel.connected(upstream.channel(), upstream.address());
                            }
                        });
    }

    private static Refusal refusal(Throwable cause, PassThrough tunnel) {
        return cause instanceof RefusedException refused
                ? refused.refusal()
                : Refusal.of(
                        ErrorCode.CONNECT_FAILED,
                        "No connection to " + tunnel.authority() + " could be made");
    }
}
