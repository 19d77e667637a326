package dev.unifiedproxy.error;

/**
 * Every way in which the proxy itself ends an exchange, with the names that dashboards, agents and
 * tests rely on. An id never changes its meaning.
 */
public enum ErrorCode {
    /** The bytes are not one well-formed HTTP message. */
    MALFORMED("http.malformed", 400, Source.DOWNSTREAM, "http_request_error", "Bad Request"),
    /** Head larger than the bound. */
    HEAD_TOO_LARGE(
            "http.head_too_large",
            431,
            Source.DOWNSTREAM,
            "http_request_error",
            "Request Header Fields Too Large"),
    /** A method that the proxy does not forward. */
    METHOD_UNSUPPORTED(
            "http.method_unsupported",
            501,
            Source.DOWNSTREAM,
            "http_request_error",
            "Not Implemented"),
    /** A protocol version that the proxy does not speak here. */
    VERSION_UNSUPPORTED(
            "http.version_unsupported",
            505,
            Source.DOWNSTREAM,
            "http_request_error",
            "HTTP Version Not Supported"),
    /** Upgrade to another protocol. */
    UPGRADE_UNSUPPORTED(
            "http.upgrade_unsupported",
            501,
            Source.DOWNSTREAM,
            "http_request_error",
            "Not Implemented"),
    /** The path cannot be normalised without doubt. */
    PATH_AMBIGUOUS(
            "http.path_ambiguous", 400, Source.DOWNSTREAM, "http_request_error", "Bad Request"),
    /** Host differs from the destination on the way in. */
    HOST_MISMATCH(
            "http.host_mismatch", 400, Source.DOWNSTREAM, "http_request_error", "Bad Request"),
    /** Host differs from the tunnel's destination. */
    MISDIRECTED(
            "http.misdirected",
            421,
            Source.DOWNSTREAM,
            "http_request_error",
            "Misdirected Request"),
    /** A request to the proxy itself instead of through it. */
    NOT_A_DESTINATION(
            "http.not_a_destination",
            403,
            Source.DOWNSTREAM,
            "http_request_denied",
            "Forbidden: Not a proxy request"),
    /** The client did not send its head or body in time. */
    REQUEST_TIMEOUT(
            "http.request_timeout",
            408,
            Source.DOWNSTREAM,
            "http_request_error",
            "Request Timeout"),
    /** The client went away. */
    CLIENT_ABORTED(
            "http.client_aborted",
            499,
            Source.DOWNSTREAM,
            "connection_terminated",
            "Client Closed Request"),
    /** No TLS where TLS is required. */
    TLS_REQUIRED("tls.required", 400, Source.DOWNSTREAM, "http_request_error", "TLS required"),
    /** Server name differs from the tunnel's destination, or is absent. */
    SNI_MISMATCH(
            "tls.sni_mismatch",
            421,
            Source.DOWNSTREAM,
            "http_request_error",
            "Misdirected Request"),
    /** The client broke off the TLS handshake, mostly because it does not trust the proxy's CA. */
    TLS_HANDSHAKE(
            "tls.handshake", 400, Source.DOWNSTREAM, "http_request_error", "TLS handshake failed"),

    /** No valid registration for the source address. */
    UNKNOWN_CONTAINER(
            "identity.unknown_container",
            403,
            Source.IDENTITY,
            "http_request_denied",
            "Forbidden: Container identity verification failed"),
    /** X-Container-Id contradicts the registration. */
    CONTAINER_MISMATCH(
            "identity.container_mismatch",
            403,
            Source.IDENTITY,
            "http_request_denied",
            "Forbidden: Container identity verification failed"),
    /** The ticket is missing where it is required, forged, revoked or another container's. */
    TICKET_INVALID(
            "identity.ticket_invalid",
            403,
            Source.IDENTITY,
            "http_request_denied",
            "Forbidden: Container identity verification failed"),

    /** No rule allows the host. */
    HOST_NOT_ALLOWED(
            "policy.host_not_allowed",
            403,
            Source.POLICY,
            "http_request_denied",
            "Forbidden: Request denied by policy engine"),
    /** The host is allowed, not on this port. */
    PORT_NOT_ALLOWED(
            "policy.port_not_allowed",
            403,
            Source.POLICY,
            "http_request_denied",
            "Forbidden: Request denied by policy engine"),
    /** An address where a name is required. */
    IP_LITERAL(
            "policy.ip_literal",
            403,
            Source.POLICY,
            "http_request_denied",
            "Forbidden: Request denied by policy engine"),
    /** The host's endpoint rules do not list the method. */
    METHOD_NOT_ALLOWED(
            "policy.method_not_allowed",
            403,
            Source.POLICY,
            "http_request_denied",
            "Forbidden: Request denied by policy engine"),
    /** The host's endpoint rules do not cover the path, or block it. */
    PATH_NOT_ALLOWED(
            "policy.path_not_allowed",
            403,
            Source.POLICY,
            "http_request_denied",
            "Forbidden: Request denied by policy engine"),
    /** A rule denies the host. */
    HOST_BLOCKED(
            "policy.host_blocked",
            403,
            Source.POLICY,
            "http_request_denied",
            "Forbidden: Request denied by policy engine"),
    /** A rule of policy.yaml, or of the container's own policy, denies the request. */
    RULE_DENIED(
            "policy.rule_denied",
            403,
            Source.POLICY,
            "http_request_denied",
            "Forbidden: Request denied by policy engine"),
    /** What the body says is not allowed, or it cannot be read as a rule has to read it. */
    BODY_NOT_ALLOWED(
            "policy.body_not_allowed",
            403,
            Source.POLICY,
            "http_request_denied",
            "Forbidden: Request denied by policy engine"),
    /** A rule has to read the body, and it is longer than it reads. */
    BODY_TOO_LARGE(
            "policy.body_too_large",
            413,
            Source.POLICY,
            "http_request_denied",
            "Content Too Large"),
    /** A rule of policy.yaml limits how often this may be asked. */
    RATE_LIMITED(
            "policy.rate_limited", 429, Source.POLICY, "http_request_denied", "Too Many Requests"),
    /** The operation on GitHub is one that a sandbox may not do. */
    GITHUB_OPERATION(
            "github.operation_blocked",
            403,
            Source.POLICY,
            "http_request_denied",
            "Forbidden: GitHub operation blocked by policy"),
    /** The call is about a repository that is not the container's. */
    GITHUB_REPOSITORY(
            "github.repository_not_allowed",
            403,
            Source.POLICY,
            "http_request_denied",
            "Forbidden: Repository not authorized"),
    /** The GraphQL document cannot be judged, or one of its mutations is not allowed. */
    GITHUB_GRAPHQL(
            "github.graphql_blocked",
            403,
            Source.POLICY,
            "http_request_denied",
            "Forbidden: GraphQL request blocked by policy"),

    /** The destination has a credential binding and no credential. */
    CREDENTIAL_MISSING(
            "credential.missing",
            500,
            Source.CREDENTIAL,
            "proxy_configuration_error",
            "Credential not configured for this provider"),
    /** A bound destination without TLS, where a credential must not go. */
    CREDENTIAL_NEEDS_TLS(
            "credential.needs_tls",
            403,
            Source.CREDENTIAL,
            "http_request_denied",
            "Forbidden: Credentials travel over TLS only"),
    /** A placeholder stands where it would be forwarded. */
    PLACEHOLDER_MISPLACED(
            "credential.placeholder_misplaced",
            400,
            Source.CREDENTIAL,
            "http_request_denied",
            "Bad Request"),

    /** The name does not resolve. */
    DNS_FAILED("upstream.dns_failed", 502, Source.UPSTREAM, "dns_error", "Bad Gateway"),
    /** The name resolves to an address that may not be dialled. */
    ADDRESS_FORBIDDEN(
            "upstream.address_forbidden",
            403,
            Source.UPSTREAM,
            "destination_ip_prohibited",
            "Forbidden: Destination address is not public"),
    /** No connection could be made. */
    CONNECT_FAILED(
            "upstream.connect_failed", 502, Source.UPSTREAM, "connection_refused", "Bad Gateway"),
    /** No connection within the limit. */
    CONNECT_TIMEOUT(
            "upstream.connect_timeout",
            504,
            Source.UPSTREAM,
            "connection_timeout",
            "Gateway Timeout"),
    /** The operator's own proxy did not let the connection through. */
    UPSTREAM_PROXY_REFUSED(
            "upstream.proxy_refused",
            502,
            Source.UPSTREAM,
            "destination_unavailable",
            "Bad Gateway"),
    /** The server's certificate or handshake is not acceptable. */
    TLS_FAILED("upstream.tls_failed", 502, Source.UPSTREAM, "tls_certificate_error", "Bad Gateway"),
    /** The server's response is not well-formed. */
    BAD_RESPONSE(
            "upstream.bad_response", 502, Source.UPSTREAM, "http_protocol_error", "Bad Gateway"),
    /** The server closed before its response was complete. */
    UPSTREAM_CLOSED(
            "upstream.closed", 502, Source.UPSTREAM, "connection_terminated", "Bad Gateway"),
    /** The server did not answer in time. */
    UPSTREAM_TIMEOUT(
            "upstream.timeout", 504, Source.UPSTREAM, "http_response_timeout", "Gateway Timeout"),

    /** More connections or exchanges than the bound. */
    OVERLOADED(
            "proxy.overloaded",
            503,
            Source.INTERNAL,
            "connection_limit_reached",
            "Service Unavailable"),
    /** The audit log cannot keep up, so nothing may pass. */
    AUDIT_BACKLOG(
            "proxy.audit_backlog",
            503,
            Source.INTERNAL,
            "proxy_internal_error",
            "Service Unavailable"),
    /** The proxy is stopping. */
    STOPPING(
            "proxy.stopping", 503, Source.INTERNAL, "connection_terminated", "Service Unavailable"),
    /** A defect of ours; nothing passed. */
    INTERNAL(
            "proxy.internal",
            500,
            Source.INTERNAL,
            "proxy_internal_error",
            "Internal Server Error");

    /** Whose doing it is. */
    public enum Source {
        /** The client's bytes or behaviour. */
        DOWNSTREAM,
        /** Who the client is. */
        IDENTITY,
        /** A rule. */
        POLICY,
        /** A credential or its absence. */
        CREDENTIAL,
        /** The server or the way to it. */
        UPSTREAM,
        /** The proxy. */
        INTERNAL
    }

    private final String id;
    private final int status;
    private final Source source;
    private final String proxyStatus;
    private final String title;

    ErrorCode(String id, int status, Source source, String proxyStatus, String title) {
        this.id = id;
        this.status = status;
        this.source = source;
        this.proxyStatus = proxyStatus;
        this.title = title;
    }

    /** The stable id, such as {@code policy.host_not_allowed}. */
    public String id() {
        return id;
    }

    /** The HTTP status that a client sees. */
    public int status() {
        return status;
    }

    /** Whose doing it is. */
    public Source source() {
        return source;
    }

    /** The error type of RFC 9209 section 2.3. */
    public String proxyStatus() {
        return proxyStatus;
    }

    /** The first line of the body. */
    public String title() {
        return title;
    }
}
