package dev.unifiedproxy.scenario;

import dev.unifiedproxy.transport.WebSocketKey;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * How the stand-in server answers the handshake of a WebSocket; the path says: {@code /echo},
 * {@code /403}, {@code /bad-accept}, {@code /extension}, {@code /protocol}, {@code /masked}, {@code
 * /vanish}, {@code /goodbye}.
 */
final class WebSocketScript {
    private final List<WebSocketPeer.Frame> received = new CopyOnWriteArrayList<>();

    /** Every frame that came. */
    List<WebSocketPeer.Frame> received() {
        return List.copyOf(received);
    }

    void forget() {
        received.clear();
    }

    void play(Wire.Head head, InputStream in, OutputStream out) throws IOException {
        String what = head.firstLine().split(" ", -1)[1].substring(1);
        if (what.equals("403")) {
            send(out, "HTTP/1.1 403 No\r\nX-Upstream: yes\r\nContent-Length: 4\r\n\r\nno!\n");
            return;
        }
        String key = head.first("sec-websocket-key").orElse("");
        String accept = new WebSocketKey(what.equals("bad-accept") ? key + "x" : key).accept();
        Optional<String> protocol = head.first("sec-websocket-protocol");
        send(
                out,
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: "
                        + accept
                        + "\r\n"
                        + protocol.map(
                                        all ->
                                                "Sec-WebSocket-Protocol: "
                                                        + all.split(",", 2)[0]
                                                        + "\r\n")
                                .orElse("")
                        + (what.equals("protocol") ? "Sec-WebSocket-Protocol: mine\r\n" : "")
                        + (what.equals("extension")
                                ? "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                                : "")
                        + "\r\n");
        WebSocketPeer peer = new WebSocketPeer(in, out, false);
        switch (what) {
            case "masked" -> {
                peer.write(WebSocketPeer.TEXT, "right");
                peer.raw(WebSocketPeer.frame(WebSocketPeer.TEXT, new byte[3], true));
                echo(peer);
            }
            case "vanish" -> peer.write(WebSocketPeer.TEXT, "gone");
            case "goodbye" -> {
                peer.close(1001);
                echo(peer);
            }
            default -> echo(peer);
        }
    }

    private void echo(WebSocketPeer peer) throws IOException {
        for (var next = peer.read(); next.isPresent(); next = peer.read()) {
            WebSocketPeer.Frame frame = next.get();
            received.add(frame);
            peer.write(
                    frame.first() == WebSocketPeer.PING ? WebSocketPeer.PONG : frame.first(),
                    frame.payload());
            if (frame.first() == WebSocketPeer.CLOSE) {
                return;
            }
        }
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }
}
