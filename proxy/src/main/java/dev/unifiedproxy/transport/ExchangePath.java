package dev.unifiedproxy.transport;

import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.ConnectRequest;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.RequestHead;

import java.util.Optional;

/**
 * The one path behind every edge. An edge turns bytes into one of these calls and has no other way
 * to let anything pass.
 */
public interface ExchangePath {
    /**
     * Judges a request and, if it may pass, sends it; the answer or the response comes to the
     * downstream.
     */
    void handle(InboundRequest request, Downstream downstream);

    /**
     * Judges a CONNECT. A refusal has been answered when this returns.
     *
     * @return the admitted tunnel, or empty when it was refused
     */
    Optional<Tunnel> connect(ConnectRequest request, Downstream downstream);

    /** Answers and records a request that never became one. */
    void reject(RejectedRequest request, Downstream downstream);

    /**
     * An admitted CONNECT. Its own exchange ends with exactly one call of {@link #established},
     * {@link #broken} or {@link #splice}; the requests inside are exchanges of their own.
     */
    interface Tunnel {
        /** The container that opened it. */
        String containerId();

        /** Whether the client's TLS goes on to the server and is not ended here. */
        boolean passesThrough();

        /**
         * The ClientHello was read and names the host of the CONNECT: all bytes go to the server
         * and back, until both sides have ended. Only where {@link #passesThrough}.
         */
        void splice(Downstream client);

        /** TLS was ended, or a first plain request may be read. */
        void established();

        /** The tunnel never came to work. */
        void broken(Refusal refusal);

        /** Judges a request inside, which must come from the container that opened the tunnel. */
        void handle(InboundRequest request, Downstream downstream);
    }

    /**
     * What is known of a request that an edge could not make sense of.
     *
     * @param requestId stands in the log line and the audit record
     * @param source where the connection came from
     * @param destination the tunnel's authority, or empty
     * @param containerId the tunnel's container, or empty
     * @param refusal why
     * @param stranger the head, where it was read and nobody has asked yet whom it comes from
     */
    record RejectedRequest(
            String requestId,
            IpAddress source,
            String destination,
            String containerId,
            Refusal refusal,
            Optional<RequestHead> stranger) {}
}
