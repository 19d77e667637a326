package dev.unifiedproxy.listener;

import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.http.ProxyCredentials;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.transport.ExchangePath;

import java.util.Optional;

/** Where a connection's requests come in, which says what names their destination. */
sealed interface Door {
    /** The forward proxy's port: the request target names the destination. */
    record Forward() implements Door {}

    /**
     * Inside a CONNECT: the tunnel names the destination, and leads on to the path.
     *
     * @param authority the CONNECT's authority
     * @param secure whether TLS was ended here
     * @param proxyCredentials what the CONNECT carried
     * @param path the tunnel as it was admitted
     */
    record Tunnel(
            Authority authority,
            boolean secure,
            Optional<ProxyCredentials> proxyCredentials,
            ExchangePath.Tunnel path)
            implements Door {}

    /** The destination as far as it is known before a request is understood. */
    default String destination() {
        return switch (this) {
            case Forward forward -> "";
            case Tunnel tunnel -> tunnel.authority.toString();
        };
    }

    /** The container as far as it is known before a request is identified. */
    default String container() {
        return switch (this) {
            case Forward forward -> "";
            case Tunnel tunnel -> tunnel.path.containerId();
        };
    }

    /** The head of a request whose caller nobody has identified; inside a tunnel somebody has. */
    default Optional<RequestHead> stranger(RequestHead head) {
        return switch (this) {
            case Forward forward -> Optional.of(head);
            case Tunnel tunnel -> Optional.empty();
        };
    }
}
