package dev.unifiedproxy.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.time.Instant;

/** Whether what was read from the disk is an authority that can sign now. */
final class AuthorityCheck {
    private static final int KEY_BITS = 256;

    private AuthorityCheck() {}

    /**
     * Refuses what is not.
     *
     * @throws AuthorityException when the certificate is no authority's or not valid now, or when
     *     the key is another one's
     */
    static void require(AuthorityStore store, AuthorityStore.Stored stored, Instant now) {
        X509Certificate certificate = stored.certificate();
        if (certificate.getBasicConstraints() < 0) {
            throw new AuthorityException(
                    store.certificateFile() + " is not a CA certificate (expected: CA:TRUE)");
        }
        if (now.isAfter(certificate.getNotAfter().toInstant())
                || now.isBefore(certificate.getNotBefore().toInstant())) {
            throw new AuthorityException(
                    "%s is valid from %s to %s (expected: valid at %s; remove %s for a new CA)"
                            .formatted(
                                    store.certificateFile(),
                                    certificate.getNotBefore().toInstant(),
                                    certificate.getNotAfter().toInstant(),
                                    now,
                                    store.directory()));
        }
        if (!belongTogether(stored)) {
            throw new AuthorityException(
                    "%s is not the P-256 key of %s (expected: a pair; remove %s for a new CA)"
                            .formatted(
                                    store.keyFile(), store.certificateFile(), store.directory()));
        }
    }

    private static boolean belongTogether(AuthorityStore.Stored stored) {
        PublicKey publicKey = stored.certificate().getPublicKey();
        if (!(stored.key() instanceof ECKey key)
                || key.getParams().getOrder().bitLength() != KEY_BITS
                || !(publicKey instanceof ECKey)) {
            return false;
        }
        byte[] probe = "unified-proxy".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(stored.key());
            signer.update(probe);
            byte[] signature = signer.sign();
            signer.initVerify(publicKey);
            signer.update(probe);
            return signer.verify(signature);
        } catch (GeneralSecurityException e) {
            throw new AuthorityException("CA key cannot sign", e);
        }
    }
}
