package dev.unifiedproxy.upstream;

import dev.unifiedproxy.host.IpAddress;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;

/**
 * A channel to a destination, its TLS verified, without HTTP handlers yet.
 *
 * @param address who is at the other end of the TCP connection
 */
record UpstreamChannel(Channel channel, IpAddress address) {
    /** Whether the server chose HTTP/2 (RFC 9113 section 3.2). */
    boolean http2() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        return tls != null && ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
    }
}
