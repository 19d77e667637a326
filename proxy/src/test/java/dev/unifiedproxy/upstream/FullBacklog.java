package dev.unifiedproxy.upstream;

import dev.unifiedproxy.host.PinnedAddress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** An address on loopback that does not answer: its queue of connections is full. */
final class FullBacklog implements AutoCloseable {
    /** More than Linux keeps for a backlog of one. */
    private static final int ENOUGH = 4;

    private final ServerSocket listener;
    private final List<SocketChannel> queue = new ArrayList<>();

    FullBacklog() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.3"));
        for (int i = 0; i < ENOUGH; i++) {
            SocketChannel waiting = SocketChannel.open();
            waiting.configureBlocking(false);
            waiting.connect(listener.getLocalSocketAddress());
            queue.add(waiting);
        }
    }

    PinnedAddress address() {
        InetSocketAddress local = (InetSocketAddress) listener.getLocalSocketAddress();
        return PinnedAddress.parse(local.getAddress().getHostAddress() + ":" + local.getPort());
    }

    /** A port on which nobody listens. */
    static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel waiting : queue) {
            waiting.close();
        }
        listener.close();
    }
}
