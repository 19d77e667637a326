package dev.unifiedproxy.http;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.HostSyntaxException;
import dev.unifiedproxy.host.IpAddress;

import java.util.Optional;

/**
 * First stage: a well-formed request with exactly one destination, from an address, not yet from
 * anyone.
 *
 * <p>Only the factories construct it, and each checks that every place that names a destination
 * names this one.
 */
public final class InboundRequest {
    private final String requestId;
    private final IpAddress source;
    private final Authority authority;
    private final boolean secure;
    private final RequestHead head;
    private final RequestTarget.Origin target;
    private final Optional<ProxyCredentials> proxyCredentials;

    private InboundRequest(
            String requestId,
            IpAddress source,
            Authority authority,
            boolean secure,
            RequestHead head,
            RequestTarget.Origin target,
            Optional<ProxyCredentials> proxyCredentials) {
        this.requestId = requestId;
        this.source = source;
        this.authority = authority;
        this.secure = secure;
        this.head = head;
        this.target = target;
        this.proxyCredentials = proxyCredentials;
    }

    /**
     * A request in absolute form on the forward proxy's port.
     *
     * @throws RefusedException when the target is not absolute, is not http, or Host names another
     *     authority (RFC 9112 section 3.2.2 lets the target win; we refuse, because a difference is
     *     an attack or a defect)
     */
    public static InboundRequest forwarded(String requestId, IpAddress source, RequestHead head) {
        if (!(head.target() instanceof RequestTarget.Absolute absolute)) {
            throw new RefusedException(
                    Refusal.of(
                                    ErrorCode.NOT_A_DESTINATION,
                                    "The request names no destination; this port is a forward"
                                            + " proxy")
                            .withRemedy(
                                    "set HTTP_PROXY and HTTPS_PROXY to this address and request the"
                                            + " real URL"));
        }
        if (absolute.secure()) {
            throw new RefusedException(
                    ErrorCode.MALFORMED,
                    "An https URL needs CONNECT; it was sent in absolute form");
        }
        checkHost(head, absolute.authority(), false, ErrorCode.HOST_MISMATCH);
        return new InboundRequest(
                requestId,
                source,
                absolute.authority(),
                false,
                head,
                absolute.origin(),
                ProxyCredentials.of(head));
    }

    /**
     * A request inside an intercepted tunnel.
     *
     * @param authority the CONNECT's authority
     * @param secure whether TLS was ended here
     * @param proxyCredentials what the CONNECT carried
     * @throws RefusedException when the request names another destination
     */
    public static InboundRequest tunnelled(
            String requestId,
            IpAddress source,
            Authority authority,
            boolean secure,
            RequestHead head,
            Optional<ProxyCredentials> proxyCredentials) {
        RequestTarget.Origin target =
                switch (head.target()) {
                    case RequestTarget.Origin origin -> origin;
                    case RequestTarget.Absolute absolute -> {
                        if (absolute.secure() != secure
                                || !absolute.authority().equals(authority)) {
                            throw new RefusedException(
                                    ErrorCode.MISDIRECTED,
                                    "The request target names "
                                            + absolute.authority()
                                            + " inside a tunnel to "
                                            + authority);
                        }
                        yield absolute.origin();
                    }
                    case RequestTarget.Tunnel tunnel ->
                            throw new RefusedException(
                                    ErrorCode.METHOD_UNSUPPORTED,
                                    "CONNECT inside a tunnel is not supported");
                    case RequestTarget.Asterisk asterisk ->
                            throw new RefusedException(
                                    ErrorCode.METHOD_UNSUPPORTED, "OPTIONS * is not supported");
                };
        checkHost(head, authority, secure, ErrorCode.MISDIRECTED);
        return new InboundRequest(
                requestId, source, authority, secure, head, target, proxyCredentials);
    }

    private static void checkHost(
            RequestHead head, Authority authority, boolean secure, ErrorCode onMismatch) {
        if (head.headers().count("host") != 1) {
            throw new RefusedException(
                    ErrorCode.MALFORMED,
                    "Host stands "
                            + head.headers().count("host")
                            + " times in the request (expected: once)");
        }
        String field = head.headers().first("host").orElseThrow();
        Authority named;
        try {
            named = Authority.parse(field, secure ? 443 : 80);
        } catch (HostSyntaxException e) {
            throw new RefusedException(ErrorCode.MALFORMED, "Host is not valid: " + e.getMessage());
        }
        if (!named.equals(authority)) {
            throw new RefusedException(
                    onMismatch, "Host names " + named + " on the way to " + authority);
        }
    }

    /** Stands in every log line and the audit record of this exchange. */
    public String requestId() {
        return requestId;
    }

    /** Where the connection came from. */
    public IpAddress source() {
        return source;
    }

    /** The one destination. */
    public Authority authority() {
        return authority;
    }

    /** Whether it goes out over TLS. */
    public boolean secure() {
        return secure;
    }

    /** The head as it was parsed. */
    public RequestHead head() {
        return head;
    }

    /** The method. */
    public Method method() {
        return head.method();
    }

    /** Path and query. */
    public RequestTarget.Origin target() {
        return target;
    }

    /** What the client presented to the proxy itself. */
    public Optional<ProxyCredentials> proxyCredentials() {
        return proxyCredentials;
    }
}
