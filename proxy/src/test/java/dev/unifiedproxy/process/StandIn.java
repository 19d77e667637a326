package dev.unifiedproxy.process;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.tls.InterceptionAuthority;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The internet of a test: HTTPS servers on loopback ports, each with the certificate of the name
 * that it plays, and the two files that lead a proxy to them.
 */
final class StandIn implements AutoCloseable {
    private static final char[] NO_PASSWORD = {};

    private final Path directory;
    private final InterceptionAuthority authority;
    private final List<HttpsServer> servers = new ArrayList<>();
    private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();

    /** An internet without a server. */
    StandIn(Path directory) throws IOException, GeneralSecurityException {
        this.directory = Files.createDirectories(directory);
        this.authority = InterceptionAuthority.openOrCreate(directory, InstantSource.system());
        Files.writeString(
                authorityFile(), pem("CERTIFICATE", authority.certificate().getEncoded()));
        Files.writeString(hostsFile(), "");
    }

    private Path authorityFile() {
        return directory.resolve("authority.pem");
    }

    private Path hostsFile() {
        return directory.resolve("hosts");
    }

    /** The settings that lead a proxy here. */
    Map<String, String> settings() {
        return Map.of(
                "PROXY_HOSTS_FILE",
                hostsFile().toString(),
                "PROXY_UPSTREAM_CA_FILE",
                authorityFile().toString());
    }

    /** Adds a server. */
    void serve(String name, HttpHandler handler) throws IOException, GeneralSecurityException {
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(name)));
        server.setExecutor(handlers);
        server.createContext("/", handler);
        server.start();
        servers.add(server);
        lead(name, server.getAddress().getPort());
    }

    /** A server that is not of this class plays this name on a loopback port. */
    void lead(String name, int port) throws IOException {
        String line = "127.0.0.1:" + port + " " + name + "\n";
        Files.writeString(hostsFile(), Files.readString(hostsFile()) + line);
    }

    /**
     * Key and certificate for a server that is not of this class, as PEM files.
     *
     * @param key PKCS 8
     * @param chain the leaf, then the authority
     */
    record Identity(Path key, Path chain) {}

    /** A certificate for one name. */
    Identity identity(String name) throws IOException, GeneralSecurityException {
        KeyPair keys = newKeys();
        X509Certificate leaf = authority.issueLeaf(Host.parse(name), keys.getPublic());
        Path key = directory.resolve(name + ".key.pem");
        Path chain = directory.resolve(name + ".pem");
        Files.writeString(key, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        Files.writeString(
                chain,
                pem("CERTIFICATE", leaf.getEncoded())
                        + pem("CERTIFICATE", authority.certificate().getEncoded()));
        return new Identity(key, chain);
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
                .formatted(type, Base64.getMimeEncoder().encodeToString(der), type);
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private SSLContext context(String name) throws IOException, GeneralSecurityException {
        KeyPair keys = newKeys();
        X509Certificate leaf = authority.issueLeaf(Host.parse(name), keys.getPublic());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setKeyEntry(
                "leaf",
                keys.getPrivate(),
                NO_PASSWORD,
                new Certificate[] {leaf, authority.certificate()});
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
        handlers.shutdownNow();
    }
}
