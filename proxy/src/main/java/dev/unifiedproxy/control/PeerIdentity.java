package dev.unifiedproxy.control;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;

import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;

/** Who is at the other end of a unix socket, as the kernel says it. */
final class PeerIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(PeerIdentity.class);
    private static final String UNKNOWN = "uid:unknown";

    private PeerIdentity() {}

    /** {@code uid:0} and its kind, {@code user:root} and its kind, or one text for the rest. */
    static String of(Channel channel) {
        try {
            if (channel instanceof EpollDomainSocketChannel epoll) {
                return "uid:" + epoll.peerCredentials().uid();
            }
            UnixDomainPrincipal peer =
                    channel.config()
                            .getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
            return peer == null ? UNKNOWN : "user:" + peer.user().getName();
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("The peer of a control connection is unknown", e);
            return UNKNOWN;
        }
    }
}
