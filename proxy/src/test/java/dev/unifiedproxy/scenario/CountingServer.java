package dev.unifiedproxy.scenario;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Reads bytes of any kind to their end, then says how many there were, and closes. */
final class CountingServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private CountingServer(ServerSocket listener) {
        this.listener = listener;
        Thread.ofVirtual().name("counting-server").start(this::accept);
    }

    static CountingServer start() {
        try {
            return new CountingServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a hosts file has it, with the port. */
    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    int open() {
        return open.size();
    }

    /** Ends all connections with a reset. */
    void reset() throws IOException {
        for (Socket socket : open) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().name("counting-server").start(() -> serve(socket));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            long count = socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            socket.getOutputStream()
                    .write(("after the end: " + count).getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            open.remove(socket); // reset, as the test wanted
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
