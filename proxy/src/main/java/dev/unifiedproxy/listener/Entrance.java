package dev.unifiedproxy.listener;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.ConnectRequest;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestTarget;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.ExchangePath;

import java.util.Optional;

/**
 * How the requests of one connection come to the path, whatever version of HTTP they were read
 * from.
 *
 * @param services what all connections share
 * @param door where the connection's requests come in
 * @param source where the connection comes from
 */
record Entrance(EdgeServices services, Door door, IpAddress source) {
    /** A CONNECT that was admitted, and what it asked for. */
    record AdmittedTunnel(ConnectRequest request, ExchangePath.Tunnel tunnel) {}

    /**
     * Brings a request to the path.
     *
     * @return the tunnel, when the request was a CONNECT and was admitted
     * @throws RefusedException when it names no destination, or another one than its door
     */
    Optional<AdmittedTunnel> enter(String requestId, RequestHead head, Downstream downstream) {
        if (services.connections().draining()) {
            throw new RefusedException(ErrorCode.STOPPING, "The proxy is stopping");
        }
        switch (door) {
            case Door.Forward forward -> {
                if (head.target() instanceof RequestTarget.Tunnel(var authority)) {
                    return connect(
                            ConnectRequest.of(requestId, source, authority, head), downstream);
                }
                services.path()
                        .handle(InboundRequest.forwarded(requestId, source, head), downstream);
            }
            case Door.Tunnel in ->
                    in.path()
                            .handle(
                                    InboundRequest.tunnelled(
                                            requestId,
                                            source,
                                            in.authority(),
                                            in.secure(),
                                            head,
                                            in.proxyCredentials()),
                                    downstream);
        }
        return Optional.empty();
    }

    private Optional<AdmittedTunnel> connect(ConnectRequest request, Downstream downstream) {
        return services.path()
                .connect(request, downstream)
                .map(tunnel -> new AdmittedTunnel(request, tunnel));
    }

    /**
     * Answers and records what is no request.
     *
     * @param head where it was read
     */
    void reject(
            String requestId, Refusal refusal, Optional<RequestHead> head, Downstream downstream) {
        services.path()
                .reject(
                        new ExchangePath.RejectedRequest(
                                requestId,
                                source,
                                door.destination(),
                                door.container(),
                                refusal,
                                head.flatMap(door::stranger)),
                        downstream);
    }
}
