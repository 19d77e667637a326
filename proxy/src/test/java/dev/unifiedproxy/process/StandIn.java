package dev.unifiedproxy.process;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.tls.InterceptionAuthority;

import java.io.IOException;
import java.net.BindException;
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
 * The internet of a test: HTTPS servers on loopback addresses, each with the certificate of the
 * name that it plays, and the two files that lead a proxy to them.
 */
final class StandIn implements AutoCloseable {
    private static final int HTTPS = 443;
    private static final int LAST_ADDRESS = 250;
    private static final char[] NO_PASSWORD = {};

    private final Path directory;
    private final InterceptionAuthority authority;
    private final List<HttpsServer> servers = new ArrayList<>();
    private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();

    /** An internet without a server. */
    StandIn(Path directory) throws IOException, GeneralSecurityException {
        this.directory = Files.createDirectories(directory);
        this.authority = InterceptionAuthority.openOrCreate(directory, InstantSource.system());
        String text = Base64.getMimeEncoder().encodeToString(authority.certificate().getEncoded());
        Files.writeString(
                authorityFile(),
                "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n");
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
        HttpsServer server = bind();
        server.setHttpsConfigurator(new HttpsConfigurator(context(name)));
        server.setExecutor(handlers);
        server.createContext("/", handler);
        server.start();
        servers.add(server);
        String line = server.getAddress().getAddress().getHostAddress() + " " + name + "\n";
        Files.writeString(hostsFile(), Files.readString(hostsFile()) + line);
    }

    /** Where nobody else listens: every address of 127.0.0.0/8 is this machine. */
    private static HttpsServer bind() throws IOException {
        IOException last = new BindException("no address was tried");
        for (int number = 20; number <= LAST_ADDRESS; number++) {
            InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) number});
            try {
                return HttpsServer.create(new InetSocketAddress(address, HTTPS), 0);
            } catch (BindException e) {
                last = e;
            }
        }
        throw new IOException("no loopback address has port 443 free and allowed", last);
    }

    private SSLContext context(String name) throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
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
