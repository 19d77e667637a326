package dev.unifiedproxy.credential;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** What the proxy shows to a server that asks for a certificate. Never prints its key. */
public final class ClientCertificate {
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final long MAX_BYTES = 1 << 20;

    private final List<X509Certificate> chain;
    private final PrivateKey key;

    private ClientCertificate(List<X509Certificate> chain, PrivateKey key) {
        this.chain = List.copyOf(chain);
        this.key = key;
    }

    /**
     * Reads both parts.
     *
     * @param chain PEM: the certificate, then those that lead to its root; at most 1 MiB
     * @param key PEM: the private key in PKCS 8, not encrypted
     * @throws IllegalArgumentException when something of it is not so, or the two do not belong
     *     together; the message holds nothing of the key
     */
    public static ClientCertificate read(Path chain, Path key) {
        List<X509Certificate> certificates = certificates(chain);
        PrivateKey secret = key(key, certificates.getFirst().getPublicKey().getAlgorithm());
        if (!belongTogether(certificates.getFirst(), secret)) {
            throw new IllegalArgumentException(
                    "'" + key + "' is not the key of the certificate in '" + chain + "'");
        }
        return new ClientCertificate(certificates, secret);
    }

    private static List<X509Certificate> certificates(Path file) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Certificate each :
                    factory.generateCertificates(new ByteArrayInputStream(bytes(file)))) {
                chain.add((X509Certificate) each);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("'" + file + "' is not certificates in PEM", e);
        }
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("'" + file + "' has no certificate");
        }
        return chain;
    }

    /** No cause goes along: some decoders quote what they read. */
    private static PrivateKey key(Path file, String algorithm) {
        String text = new String(bytes(file), StandardCharsets.US_ASCII);
        int from = text.indexOf(BEGIN);
        int to = text.indexOf(END);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException(
                    "'" + file + "' has no private key in PKCS 8 (expected: " + BEGIN + ")");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(text.substring(from + BEGIN.length(), to));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "'" + file + "' is not a private key for " + algorithm);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException("'" + file + "' is larger than 1 MiB");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("'" + file + "' cannot be read", e);
        }
    }

    private static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> key.getAlgorithm();
                };
        try {
            byte[] text = "whose key is it".getBytes(StandardCharsets.US_ASCII);
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** The certificate, then those that lead to its root. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** The key, for the TLS library only. */
    public PrivateKey key() {
        return key;
    }

    @Override
    public String toString() {
        return "ClientCertificate[" + chain.getFirst().getSubjectX500Principal() + "]";
    }
}
