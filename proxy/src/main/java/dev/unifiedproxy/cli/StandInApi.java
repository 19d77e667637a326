package dev.unifiedproxy.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.tls.InterceptionAuthority;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Plays an API on this machine over TLS, with an authority of its own, and remembers the key that
 * the last request carried.
 */
final class StandInApi implements AutoCloseable {
    private static final String ANSWER = "{\"type\":\"message\",\"text\":\"hello, agent\"}\n";
    private static final String NO_PASSWORD = "";

    private final HttpsServer server;
    private final Path authorityFile;
    private final AtomicReference<String> lastKey = new AtomicReference<>("");

    private StandInApi(HttpsServer server, Path authorityFile) {
        this.server = server;
        this.authorityFile = authorityFile;
    }

    /**
     * Starts it on a free port of the loopback address.
     *
     * @param name the API that it plays
     * @param directory for its authority
     * @throws IOException when it cannot listen there
     */
    static StandInApi start(String name, Path directory, InstantSource clock)
            throws IOException, GeneralSecurityException {
        InterceptionAuthority authority = InterceptionAuthority.openOrCreate(directory, clock);
        Path authorityFile = directory.resolve("authority.pem");
        Files.writeString(authorityFile, pem(authority.certificate()));
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(name, authority)));
        StandInApi api = new StandInApi(server, authorityFile);
        server.createContext("/", api::answer);
        server.start();
        return api;
    }

    private static SSLContext context(String name, InterceptionAuthority authority)
            throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        X509Certificate leaf = authority.issueLeaf(Hostname.parse(name), keys.getPublic());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD.toCharArray());
        store.setKeyEntry(
                "leaf",
                keys.getPrivate(),
                NO_PASSWORD.toCharArray(),
                new Certificate[] {leaf, authority.certificate()});
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, NO_PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, new SecureRandom());
        return context;
    }

    private static String pem(X509Certificate certificate) throws GeneralSecurityException {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            lastKey.set(
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("x-api-key"))
                            .orElse(""));
            exchange.getRequestBody().readAllBytes();
            byte[] body = ANSWER.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** The key of the last request; empty when it had none or there was no request. */
    String lastKey() {
        return lastKey.get();
    }

    /** Where it listens, as a hosts file of the proxy has it. */
    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** The certificate of its authority. */
    Path authorityFile() {
        return authorityFile;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
