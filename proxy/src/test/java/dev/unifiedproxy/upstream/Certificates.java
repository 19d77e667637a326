package dev.unifiedproxy.upstream;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.tls.InterceptionAuthority;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Server certificates of an authority that the tests may trust or not. */
record Certificates(InterceptionAuthority authority) {
    static Certificates in(Path directory, InstantSource clock) {
        return new Certificates(InterceptionAuthority.openOrCreate(directory, clock));
    }

    X509Certificate root() {
        return authority.certificate();
    }

    /** The context of a server that shows a certificate for this host. */
    SSLContext serverFor(String host) throws GeneralSecurityException, java.io.IOException {
        return serverFor(host, null);
    }

    /** The same of one that takes any client's certificate. */
    SSLContext mutualServerFor(String host) throws GeneralSecurityException, java.io.IOException {
        return serverFor(host, InsecureTrustManagerFactory.INSTANCE.getTrustManagers());
    }

    private SSLContext serverFor(String host, TrustManager @Nullable [] trust)
            throws GeneralSecurityException, java.io.IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        X509Certificate leaf = authority.issueLeaf(Host.parse(host), keys.getPublic());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] password = {};
        store.setKeyEntry("leaf", keys.getPrivate(), password, new Certificate[] {leaf, root()});
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), trust, null);
        return context;
    }
}
