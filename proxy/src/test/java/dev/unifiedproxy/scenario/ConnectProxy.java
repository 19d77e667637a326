package dev.unifiedproxy.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * An operator's own proxy: it takes CONNECT with one login, leads every name to the stand-in server
 * and remembers what it was asked for.
 */
final class ConnectProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final String authorization;
    private final Supplier<String> server;
    private final List<String> targets = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    ConnectProxy(String authorization, Supplier<String> server) {
        this.authorization = authorization;
        this.server = server;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** What it was asked to connect to, in order. */
    List<String> targets() {
        return targets;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                // closed: the tests are over
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            Optional<Wire.Head> head = Wire.head(client.getInputStream());
            if (head.isEmpty()) {
                return;
            }
            String[] line = head.get().firstLine().split(" ", -1);
            boolean known =
                    head.get().first("proxy-authorization").equals(Optional.of(authorization));
            boolean refuses = line[1].startsWith("refused.");
            if (!line[0].equals("CONNECT") || !known || refuses) {
                say(client, "HTTP/1.1 " + (known ? 403 : 407) + " No\r\nContent-Length: 0\r\n\r\n");
                return;
            }
            targets.add(line[1]);
            int port = Integer.parseInt(line[1].substring(line[1].lastIndexOf(':') + 1));
            try (Socket upstream = new Socket(server.get(), port)) {
                open.add(upstream);
                say(client, "HTTP/1.1 200 Connection established\r\n\r\n");
                Thread.ofVirtual().start(() -> relay(upstream, client));
                relay(client, upstream);
            }
        } catch (IOException e) {
            // a side that goes away ends its tunnel, and the test sees that
        }
    }

    private static void say(Socket to, String text) throws IOException {
        to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void relay(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException e) {
            // as above
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
