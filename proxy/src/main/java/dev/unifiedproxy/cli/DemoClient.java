package dev.unifiedproxy.cli;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a sandbox does, in small: it asks the proxy for a tunnel from its own address, trusts the
 * proxy's certificate alone, and sends one request.
 */
final class DemoClient {
    private static final int TIMEOUT_MILLISECONDS = 10_000;
    private static final int HEAD_LIMIT_BYTES = 16 * 1024;
    private static final Pattern CODE = Pattern.compile("details=\"([a-z_.]+)\"");

    private final InetAddress source;
    private final int proxyPort;
    private final SSLContext trust;

    private DemoClient(InetAddress source, int proxyPort, SSLContext trust) {
        this.source = source;
        this.proxyPort = proxyPort;
        this.trust = trust;
    }

    /**
     * What a client saw.
     *
     * @param status the last status: that of the tunnel when it was refused, else the response's
     * @param code the proxy's stable code; empty for an answer that is not the proxy's
     * @param text head and body of the answer
     */
    record Seen(int status, String code, String text) {}

    /** A client at an address of this machine. */
    static DemoClient at(String source, int proxyPort, Path certificate)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "proxy", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext trust = SSLContext.getInstance("TLS");
        trust.init(null, managers.getTrustManagers(), new SecureRandom());
        return new DemoClient(InetAddress.ofLiteral(source), proxyPort, trust);
    }

    /**
     * Sends {@code GET /v1/models} through the proxy.
     *
     * @param host where to
     * @param login container and ticket, or empty
     * @param key what stands where a key is expected
     */
    Seen get(String host, String login, String key) throws IOException {
        return get(host, login, key, () -> false);
    }

    /**
     * Sends the request again and again over one connection.
     *
     * @param more whether one more is wanted; asked after each
     * @return what the last one saw
     */
    Seen get(String host, String login, String key, BooleanSupplier more) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLISECONDS);
            socket.bind(new InetSocketAddress(source, 0));
            socket.connect(
                    new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), proxyPort),
                    TIMEOUT_MILLISECONDS);
            String authority = host + ":443";
            send(
                    socket,
                    "CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s\r\n"
                            .formatted(authority, authority, authorization(login)));
            Seen tunnel = read(new BufferedInputStream(socket.getInputStream(), 1));
            return tunnel.status() == 200 ? inside(socket, host, key, more) : tunnel;
        }
    }

    private Seen inside(Socket socket, String host, String key, BooleanSupplier more)
            throws IOException {
        try (SSLSocket tls =
                (SSLSocket) trust.getSocketFactory().createSocket(socket, host, 443, true)) {
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            InputStream in = new BufferedInputStream(tls.getInputStream());
            Seen seen = ask(tls, in, host, key);
            while (seen.status() == 200 && more.getAsBoolean()) {
                seen = ask(tls, in, host, key);
            }
            return seen;
        }
    }

    private static Seen ask(SSLSocket tls, InputStream in, String host, String key)
            throws IOException {
        send(
                tls,
                "GET /v1/models HTTP/1.1\r\nHost: %s\r\nx-api-key: %s\r\n\r\n"
                        .formatted(host, key));
        return read(in);
    }

    private static String authorization(String login) {
        return login.isEmpty()
                ? ""
                : "Proxy-Authorization: Basic "
                        + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8))
                        + "\r\n";
    }

    private static void send(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static Seen read(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0 || head.length() > HEAD_LIMIT_BYTES) {
                throw new EOFException("the proxy closed the connection inside its answer");
            }
            head.append((char) next);
        }
        Matcher code = CODE.matcher(head);
        int status = Integer.parseInt(head.substring(9, 12));
        int length = contentLength(head.toString());
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return new Seen(status, code.find() ? code.group(1) : "", head + body);
    }

    private static int contentLength(String head) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
    }
}
