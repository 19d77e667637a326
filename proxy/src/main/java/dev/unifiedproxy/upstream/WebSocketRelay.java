package dev.unifiedproxy.upstream;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.WebSocketClose;
import dev.unifiedproxy.transport.WebSocketFrames;

import io.netty.buffer.ByteBuf;

/**
 * An open WebSocket between a client and a server: checked frames both ways, and a Close with a
 * reason to whoever can still take one when it ends otherwise.
 */
final class WebSocketRelay {
    /** Status codes of RFC 6455 section 7.4.1 and of the registry that it sets up. */
    private static final int GOING_AWAY = 1001;

    private static final int POLICY_VIOLATION = 1008;
    private static final int INTERNAL_ERROR = 1011;
    private static final int BAD_GATEWAY = 1014;

    private final Downstream client;
    private final ServerLeg server;
    private final WebSocketFrames fromClient = WebSocketFrames.ofClient();
    private final WebSocketFrames fromServer = WebSocketFrames.ofServer();

    WebSocketRelay(Downstream client, ServerLeg server) {
        this.client = client;
        this.server = server;
    }

    void fromClient(ByteBuf piece) {
        fromClient.read(piece, server::body);
    }

    void fromServer(ByteBuf piece) {
        fromServer.read(piece, client::body);
    }

    boolean closedByClient() {
        return fromClient.closed();
    }

    boolean closedByServer() {
        return fromServer.closed();
    }

    /**
     * Ends it: each side hears why, where it has not said or heard Close already and no frame is
     * cut by it.
     *
     * @return whether the client has heard all that it will: what it got ends with a whole frame
     */
    boolean close(Refusal reason) {
        if (!fromClient.closed() && fromClient.betweenFrames()) {
            int code = fromServer.closeCode() > 0 ? fromServer.closeCode() : GOING_AWAY;
            server.body(WebSocketClose.toServer(code, forServer(reason)));
            server.flush();
        }
        if (!fromServer.closed() && fromServer.betweenFrames()) {
            int code = fromClient.closeCode() > 0 ? fromClient.closeCode() : codeForClient(reason);
            client.body(WebSocketClose.toClient(code, reason.detail()));
        }
        return fromServer.betweenFrames();
    }

    /** A server is told of its own faults only, and nothing of what goes on here. */
    private static String forServer(Refusal reason) {
        return reason.code() == ErrorCode.BAD_RESPONSE ? reason.detail() : "";
    }

    private static int codeForClient(Refusal reason) {
        return switch (reason.code().source()) {
            case UPSTREAM -> reason.code() == ErrorCode.UPSTREAM_TIMEOUT ? GOING_AWAY : BAD_GATEWAY;
            case IDENTITY, POLICY, CREDENTIAL -> POLICY_VIOLATION;
            case DOWNSTREAM -> GOING_AWAY;
            case INTERNAL -> reason.code() == ErrorCode.STOPPING ? GOING_AWAY : INTERNAL_ERROR;
        };
    }
}
