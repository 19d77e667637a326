package dev.unifiedproxy.http;

import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;

import java.util.Optional;

/**
 * A CONNECT, to be judged before anything is answered.
 *
 * @param requestId stands in every log line and the audit record
 * @param source where the connection came from
 * @param authority the destination
 * @param headers the field lines of the CONNECT
 * @param proxyCredentials what the client presented to the proxy
 */
public record ConnectRequest(
        String requestId,
        IpAddress source,
        Authority authority,
        Headers headers,
        Optional<ProxyCredentials> proxyCredentials) {
    /** The CONNECT with this head. */
    public static ConnectRequest of(
            String requestId, IpAddress source, Authority authority, RequestHead head) {
        return new ConnectRequest(
                requestId, source, authority, head.headers(), ProxyCredentials.of(head));
    }
}
