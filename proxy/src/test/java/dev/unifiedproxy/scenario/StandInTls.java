package dev.unifiedproxy.scenario;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.tls.InterceptionAuthority;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The stand-in server's certificates: a good one for whatever name the client asks for, but for
 * {@code self-signed.example}, {@code wrong-name.example} and {@code expired.example}.
 */
final class StandInTls {
    private static final Duration LONG_AGO = Duration.ofDays(60);

    private final InterceptionAuthority trusted;
    private final InterceptionAuthority past;
    private final InterceptionAuthority untrusted;
    private final KeyPair keys;

    private StandInTls(Path directory) throws GeneralSecurityException {
        InstantSource longAgo = InstantSource.fixed(Instant.now().minus(LONG_AGO));
        past = InterceptionAuthority.openOrCreate(directory.resolve("trusted"), longAgo);
        trusted =
                InterceptionAuthority.openOrCreate(
                        directory.resolve("trusted"), InstantSource.system());
        untrusted =
                InterceptionAuthority.openOrCreate(
                        directory.resolve("untrusted"), InstantSource.system());
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        keys = generator.generateKeyPair();
    }

    static StandInTls in(Path directory) throws GeneralSecurityException {
        return new StandInTls(directory);
    }

    /** Writes the certificate that the proxy is to trust. */
    Path writeAuthority(Path file) throws IOException, GeneralSecurityException {
        return Files.writeString(
                file,
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(trusted.certificate().getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
    }

    SSLContext context() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {new ByServerName()}, null, null);
        return context;
    }

    private X509Certificate[] chain(String name) {
        InterceptionAuthority issuer =
                switch (name) {
                    case "self-signed.example" -> untrusted;
                    case "expired.example" -> past;
                    default -> trusted;
                };
        String subject = name.equals("wrong-name.example") ? "another.example" : name;
        return new X509Certificate[] {
            issuer.issueLeaf(Host.parse(subject), keys.getPublic()), issuer.certificate()
        };
    }

    private final class ByServerName extends X509ExtendedKeyManager {
        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return type.equals("EC") && socket instanceof SSLSocket tls
                    ? alias(tls.getHandshakeSession())
                    : "";
        }

        @Override
        public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
            return type.equals("EC") ? alias(engine.getHandshakeSession()) : "";
        }

        private static String alias(SSLSession session) {
            List<SNIServerName> names = ((ExtendedSSLSession) session).getRequestedServerNames();
            return names.isEmpty()
                    ? "none.example"
                    : new SNIHostName(names.getFirst().getEncoded()).getAsciiName();
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return alias.isEmpty() ? new X509Certificate[0] : chain(alias);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return keys.getPrivate();
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return "";
        }
    }
}
