package dev.unifiedproxy.tls;

import io.netty.handler.ssl.util.SimpleKeyManagerFactory;

import java.security.KeyStore;

import javax.net.ssl.KeyManager;
import javax.net.ssl.ManagerFactoryParameters;

/** Gives out the one key manager that it was made with. */
final class LeafKeyManagerFactory extends SimpleKeyManagerFactory {
    private final LeafKeyManager manager;

    LeafKeyManagerFactory(LeafKeyManager manager) {
        super("unified-proxy leaf");
        this.manager = manager;
    }

    @Override
    protected void engineInit(KeyStore keyStore, char[] password) {
        // There is nothing to load: the key and the certificate came with the manager.
    }

    @Override
    protected void engineInit(ManagerFactoryParameters parameters) {
        // As above.
    }

    @Override
    protected KeyManager[] engineGetKeyManagers() {
        return new KeyManager[] {manager};
    }
}
