package dev.unifiedproxy.upstream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A server on loopback that says exactly what a script says, over TCP or TLS. */
final class RawServer implements AutoCloseable {
    /** What happens on one connection. */
    interface Script {
        void run(Connection connection) throws IOException;
    }

    private final ServerSocket listener;
    private final Optional<SSLContext> tls;
    private final List<Script> scripts;
    private final List<Connection> connections = new CopyOnWriteArrayList<>();

    private RawServer(Optional<SSLContext> tls, Script... scripts) {
        this.tls = tls;
        this.scripts = List.of(scripts);
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** The first connection gets the first script, and so on; the last one serves all the rest. */
    static RawServer plain(Script... scripts) {
        return new RawServer(Optional.empty(), scripts);
    }

    static RawServer tls(SSLContext context, Script... scripts) {
        return new RawServer(Optional.of(context), scripts);
    }

    int port() {
        return listener.getLocalPort();
    }

    int connections() {
        return connections.size();
    }

    Connection connection(int index) {
        return connections.get(index);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                Connection connection = new Connection(socket);
                int index = Math.min(connections.size(), scripts.size() - 1);
                connections.add(connection);
                Thread.ofVirtual().start(() -> connection.serve(tls, scripts.get(index)));
            }
        } catch (IOException e) {
            // closed: the test is over
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Connection connection : connections) {
            connection.raw.close();
        }
    }

    /** One connection as the script sees it. */
    static final class Connection {
        private final Socket raw;
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private Socket socket;
        private volatile boolean ended;
        private volatile long session;

        private Connection(Socket raw) {
            this.raw = raw;
            this.socket = raw;
        }

        private void serve(Optional<SSLContext> tls, Script script) {
            try {
                if (tls.isPresent()) {
                    secure(tls.get());
                }
                script.run(this);
            } catch (IOException e) {
                // the client went, which is what some tests are about
            } finally {
                ended = true;
            }
        }

        /** TLS from here on. */
        void secure(SSLContext context, String... protocols) throws IOException {
            SSLSocket secured =
                    (SSLSocket)
                            context.getSocketFactory().createSocket(raw, (InputStream) null, true);
            if (protocols.length > 0) {
                secured.setEnabledProtocols(protocols);
            }
            socket = secured;
            secured.startHandshake();
            session = secured.getSession().getCreationTime();
        }

        /** TLS with a client that shows a certificate; its serial number. */
        String secureMutually(SSLContext context) throws IOException {
            SSLSocket secured =
                    (SSLSocket)
                            context.getSocketFactory().createSocket(raw, (InputStream) null, true);
            secured.setNeedClientAuth(true);
            socket = secured;
            secured.startHandshake();
            return ((X509Certificate) secured.getSession().getPeerCertificates()[0])
                    .getSerialNumber()
                    .toString();
        }

        /** When the TLS session began, which is before this connection if that was resumed. */
        long session() {
            return session;
        }

        /** Everything that came so far. */
        synchronized String received() {
            return received.toString(StandardCharsets.ISO_8859_1);
        }

        /** Whether the script has run to its end. */
        boolean ended() {
            return ended;
        }

        /** Reads until what came since the last call contains this text. */
        String readUntil(String text) throws IOException {
            StringBuilder seen = new StringBuilder();
            while (seen.indexOf(text) < 0) {
                int b = socket.getInputStream().read();
                if (b < 0) {
                    throw new IOException("closed after " + seen);
                }
                synchronized (this) {
                    received.write(b);
                }
                seen.append((char) b);
            }
            return seen.toString();
        }

        void readHead() throws IOException {
            readUntil("\r\n\r\n");
        }

        void write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        }

        /** Waits for the client to close. */
        void readToEnd() throws IOException {
            while (socket.getInputStream().read() >= 0) {
                // unread bytes would turn our close into a reset
            }
        }

        void close() throws IOException {
            socket.close();
        }

        /** A FIN without the close_notify of TLS. */
        void cut() throws IOException {
            raw.shutdownOutput();
        }

        /** A RST. */
        void reset() throws IOException {
            raw.setSoLinger(true, 0);
            raw.close();
        }
    }
}
