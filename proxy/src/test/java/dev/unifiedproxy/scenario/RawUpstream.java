package dev.unifiedproxy.scenario;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A server on a loopback address, plain and over TLS, that remembers each message exactly. */
final class RawUpstream implements AutoCloseable {
    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** What it answers, in two writes, and whether it closes then. */
    record Script(String first, String second, boolean close) {}

    private static final Script USUAL = new Script(OK, "", false);

    private final ServerSocket listener;
    private final List<ServerSocket> listeners = new CopyOnWriteArrayList<>();
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final List<String> cuts = new CopyOnWriteArrayList<>();
    private volatile Optional<Script> once = Optional.empty();
    private volatile CompletableFuture<Script> answered = new CompletableFuture<>();

    private RawUpstream(ServerSocket listener) {
        this.listener = listener;
        listeners.add(listener);
        accept(listener);
    }

    static RawUpstream start() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        byte[] address = {
            127, (byte) random.nextInt(64, 250), (byte) random.nextInt(250), (byte) 77
        };
        try {
            ServerSocket listener = new ServerSocket();
            listener.bind(new InetSocketAddress(InetAddress.getByAddress(address), 80));
            return new RawUpstream(listener);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A proxy that allows {@code a.example} and finds it, and a name it does not allow, here. */
    ProxyUnderTest behindAProxy() {
        return ProxyUnderTest.allowing()
                .allowingUnresolved("a.example")
                .hostsLine(address() + " a.example evil.example")
                .setting("LOG_LEVEL", "WARN");
    }

    /** Listens on port 443 too, with certificates that the proxy trusts. */
    void listenSecurely(StandInUpstream trusted) throws IOException, GeneralSecurityException {
        ServerSocket secure = trusted.secureListener();
        secure.bind(new InetSocketAddress(listener.getInetAddress(), 443));
        listeners.add(secure);
        accept(secure);
    }

    String address() {
        return listener.getInetAddress().getHostAddress();
    }

    /** Whole messages since the last call of {@link #forget}. */
    List<String> messages() {
        return List.copyOf(messages);
    }

    /** Connections that ended inside a message. */
    List<String> cuts() {
        return List.copyOf(cuts);
    }

    void forget() {
        messages.clear();
        cuts.clear();
    }

    /** Answers the next request like this, and every later one as usual. */
    void answerOnce(Script script) {
        answered = new CompletableFuture<>();
        once = Optional.of(script);
    }

    /**
     * Waits until all of that answer is written: what comes behind its end is on its way to the
     * proxy before the client's next request is.
     */
    void awaitAnswered() {
        answered.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private void accept(ServerSocket door) {
        Thread.ofVirtual().name("raw-upstream").start(() -> acceptAll(door));
    }

    private void acceptAll(ServerSocket door) {
        while (!door.isClosed()) {
            try {
                Socket socket = door.accept();
                Thread.ofVirtual().name("raw-upstream").start(() -> serve(socket));
            } catch (IOException e) {
                cuts.add(e.toString()); // closed: the test is over
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (Optional<String> message = ExactMessage.read(in, false);
                    message.isPresent();
                    message = ExactMessage.read(in, false)) {
                messages.add(message.get());
                Script script = once.orElse(USUAL);
                once = Optional.empty();
                try {
                    out.write(script.first.getBytes(StandardCharsets.ISO_8859_1));
                    out.flush();
                    out.write(script.second.getBytes(StandardCharsets.ISO_8859_1));
                    out.flush();
                } finally {
                    answered.complete(script);
                }
                if (script.close) {
                    return;
                }
            }
        } catch (IOException e) {
            cuts.add(e.toString()); // the beginning of a request that was refused in its middle
        }
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket each : listeners) {
            each.close();
        }
    }
}
