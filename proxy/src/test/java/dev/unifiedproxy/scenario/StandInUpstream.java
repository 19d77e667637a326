package dev.unifiedproxy.scenario;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLContext;

/**
 * A server on a loopback address that plays every name of the test, over TLS on 443 and plainly on
 * 80, answers as the path says ({@link UpstreamScript}) and remembers what it saw.
 */
public final class StandInUpstream implements AutoCloseable {
    private static final int BACKLOG = 64;

    private final StandInTls tls;
    private final InetAddress address;
    private final List<ServerSocket> listeners = new ArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<SeenRequest> seen = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong bodyBytes = new AtomicLong();
    private final UpstreamScript script = new UpstreamScript();
    private final WebSocketScript webSockets = new WebSocketScript();
    private final Path authorityFile;

    private StandInUpstream(StandInTls tls, Path authorityFile, InetAddress address) {
        this.tls = tls;
        this.authorityFile = authorityFile;
        this.address = address;
    }

    /** Starts it on an address of 127.0.0.0/8 that nobody else uses. */
    static StandInUpstream start(Path directory) throws IOException, GeneralSecurityException {
        StandInTls tls = StandInTls.in(directory);
        Path authority = tls.writeAuthority(directory.resolve("authority.pem"));
        ThreadLocalRandom random = ThreadLocalRandom.current();
        byte[] numbers = {
            127,
            (byte) random.nextInt(64, 250),
            (byte) random.nextInt(250),
            (byte) (random.nextInt(250) + 1)
        };
        StandInUpstream upstream =
                new StandInUpstream(tls, authority, InetAddress.getByAddress(numbers));
        upstream.listen(443, true);
        upstream.listen(80, false);
        return upstream;
    }

    /** Listens on one more port; 0 is any. Returns which. */
    public int listen(int port, boolean secure) throws IOException, GeneralSecurityException {
        ServerSocket listener = secure ? secureListener() : new ServerSocket();
        listener.bind(new InetSocketAddress(address, port), BACKLOG);
        listeners.add(listener);
        Thread.ofVirtual().name("stand-in").start(() -> accept(listener, secure));
        return listener.getLocalPort();
    }

    /** With certificates that the proxy trusts; not bound yet. */
    ServerSocket secureListener() throws IOException, GeneralSecurityException {
        return certificates().getServerSocketFactory().createServerSocket();
    }

    /** Certificates for every name, which the proxy trusts. */
    SSLContext certificates() throws GeneralSecurityException {
        return tls.context();
    }

    private void accept(ServerSocket listener, boolean secure) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                connections.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().name("stand-in").start(() -> serve(socket, secure));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    script.problem(e);
                }
            }
        }
    }

    private void serve(Socket socket, boolean secure) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
            boolean goOn = true;
            while (goOn) {
                Optional<Wire.Head> head = Wire.head(in);
                goOn = head.isPresent() && exchange(socket, secure, in, head.get());
            }
        } catch (IOException | GeneralSecurityException e) {
            script.problem(e);
        } finally {
            open.remove(socket);
        }
    }

    private boolean exchange(Socket socket, boolean secure, InputStream in, Wire.Head head)
            throws IOException, GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        long[] length = {0};
        UpstreamScript.Body body =
                () -> {
                    List<Wire.Field> trailers =
                            Wire.body(
                                    in,
                                    head,
                                    (bytes, count) -> {
                                        digest.update(bytes, 0, count);
                                        length[0] += count;
                                        bodyBytes.addAndGet(count);
                                    });
                    SeenRequest request =
                            new SeenRequest(
                                    secure,
                                    socket.getLocalPort(),
                                    head.firstLine(),
                                    head.fields(),
                                    length[0],
                                    HexFormat.of().formatHex(digest.digest()),
                                    trailers);
                    seen.add(request);
                    return request;
                };
        if (head.first("upgrade").isPresent()) {
            body.read();
            webSockets.play(head, in, socket.getOutputStream());
            return false;
        }
        return script.play(head, body, socket.getOutputStream());
    }

    /** Where it listens. */
    public String address() {
        return address.getHostAddress();
    }

    Path authorityFile() {
        return authorityFile;
    }

    /** What it does on a gate path. */
    public UpstreamScript script() {
        return script;
    }

    /** What it saw of WebSockets. */
    WebSocketScript webSockets() {
        return webSockets;
    }

    /** Everything that it received since {@link #forget}. */
    public List<SeenRequest> seen() {
        return List.copyOf(seen);
    }

    /** The one request that it received since {@link #forget}. */
    public SeenRequest only() {
        List<SeenRequest> all = seen();
        if (all.size() != 1) {
            throw new AssertionError("The server saw " + all + " (expected: one request)");
        }
        return all.getFirst();
    }

    /** Connections that were opened since {@link #forget}. */
    public int connections() {
        return connections.get();
    }

    /** Bytes of request bodies that arrived since {@link #forget}. */
    public long bodyBytes() {
        return bodyBytes.get();
    }

    /** Closes what is open, so that no pooled connection helps, and begins to count anew. */
    public void forget() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        seen.clear();
        webSockets.forget();
        connections.set(0);
        bodyBytes.set(0);
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket listener : listeners) {
            listener.close();
        }
        forget();
    }
}
