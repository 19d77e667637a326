package dev.unifiedproxy.scenario;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A client at one source address that can send anything. */
public final class Client {
    private static final int TIMEOUT_MILLISECONDS = 15_000;

    private final String source;
    private final int proxyPort;
    private final TlsClients tls;
    private final Transcript transcript;
    private final String login;

    Client(String source, int proxyPort, TlsClients tls, Transcript transcript, String login) {
        this.source = source;
        this.proxyPort = proxyPort;
        this.tls = tls;
        this.transcript = transcript;
        this.login = login;
    }

    /** The same client with {@code user:password} for the proxy. */
    public Client with(String credentials) {
        return new Client(source, proxyPort, tls, transcript, credentials);
    }

    /** A connection to the proxy on which nothing was sent yet. */
    public Connection connect() throws IOException {
        return connect(0);
    }

    /** The same with a receive buffer of so many bytes, for a slow reader. */
    public Connection connect(int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MILLISECONDS);
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(source), 0));
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), proxyPort));
        return new Connection(socket, transcript);
    }

    /** Sends bytes on a new connection and returns the first reply. */
    public Reply send(String bytes) throws IOException {
        try (Connection connection = connect()) {
            connection.write(bytes);
            return connection.read();
        }
    }

    /** A plain GET through the forward proxy; {@code fields} are whole lines. */
    public Reply get(String url, String... fields) throws IOException {
        String authority = url.substring("http://".length()).split("[/?]", 2)[0];
        return send(
                "GET "
                        + url
                        + " HTTP/1.1\r\nHost: "
                        + authority
                        + "\r\n"
                        + login()
                        + lines(fields));
    }

    /** Asks for a tunnel and returns the answer to the CONNECT. */
    public Reply askTunnel(String authority, String... fields) throws IOException {
        return send(connectHead(authority, fields));
    }

    /** The head of a CONNECT. */
    public String connectHead(String authority, String... fields) {
        return "CONNECT "
                + authority
                + " HTTP/1.1\r\nHost: "
                + authority
                + "\r\n"
                + login()
                + lines(fields);
    }

    /** A tunnel whose TLS asks for the name of the authority. */
    public Connection tunnel(String authority) throws IOException {
        return tunnel(authority, Optional.of(authority.substring(0, authority.lastIndexOf(':'))));
    }

    /** A tunnel whose TLS asks for any name, or none. */
    public Connection tunnel(String authority, Optional<String> serverName) throws IOException {
        return secured(rawTunnel(authority), serverName);
    }

    /** A tunnel as the proxy opened it; TLS has not begun. */
    public Connection rawTunnel(String authority) throws IOException {
        Connection connection = connect();
        connection.write(connectHead(authority));
        Reply reply = connection.read();
        if (reply.status() != 200) {
            connection.close();
            throw new AssertionError("CONNECT " + authority + ": " + reply + " (expected: 200)");
        }
        return connection;
    }

    private Connection secured(Connection raw, Optional<String> serverName) throws IOException {
        // to an address no name is sent unless a list of names says so
        SSLSocket socket =
                (SSLSocket) tls.factory().createSocket(raw.socket(), "127.0.0.1", 443, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(
                serverName.map(name -> List.of(RawServerName.of(name))).orElse(List.of()));
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return new Connection(socket, transcript);
    }

    /** One request through a new tunnel; {@code head} has no Host, no empty line. */
    public Reply inside(String host, String requestLine, String... fields) throws IOException {
        try (Connection connection = tunnel(host + ":443")) {
            connection.write(requestLine + " HTTP/1.1\r\nHost: " + host + "\r\n" + lines(fields));
            return connection.read();
        }
    }

    private static String lines(String... fields) {
        StringBuilder text = new StringBuilder();
        for (String field : fields) {
            text.append(field).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    private String login() {
        return login.isEmpty()
                ? ""
                : "Proxy-Authorization: Basic "
                        + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8))
                        + "\r\n";
    }
}
