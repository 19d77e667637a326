package dev.unifiedproxy.tls;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * Writes and signs X.509 version 3 certificates (<a
 * href="https://datatracker.ietf.org/doc/html/rfc5280#section-4">RFC 5280 section 4</a>) with ECDSA
 * over SHA-256: one authority that may sign leaves only, and leaves for exactly one host.
 */
final class CertificateWriter {
    /** The common name of the authority. */
    static final String AUTHORITY_NAME = "unified-proxy CA";

    /** The upper bound of a common name (RFC 5280 appendix A.1, ub-common-name). */
    private static final int MAX_COMMON_NAME = 64;

    private static final byte[] ECDSA_WITH_SHA256 =
            Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));
    private static final byte[] COMMON_NAME = Der.oid(2, 5, 4, 3);
    private static final byte[] SUBJECT_KEY_IDENTIFIER = Der.oid(2, 5, 29, 14);
    private static final byte[] KEY_USAGE = Der.oid(2, 5, 29, 15);
    private static final byte[] SUBJECT_ALTERNATIVE_NAME = Der.oid(2, 5, 29, 17);
    private static final byte[] BASIC_CONSTRAINTS = Der.oid(2, 5, 29, 19);
    private static final byte[] AUTHORITY_KEY_IDENTIFIER = Der.oid(2, 5, 29, 35);
    private static final byte[] EXTENDED_KEY_USAGE = Der.oid(2, 5, 29, 37);
    private static final byte[] SERVER_AUTHENTICATION = Der.oid(1, 3, 6, 1, 5, 5, 7, 3, 1);

    /** keyCertSign (bit 5) and cRLSign (bit 6). */
    private static final byte[] SIGNS_CERTIFICATES = Der.bits(1, new byte[] {0x06});

    /** digitalSignature (bit 0). */
    private static final byte[] SIGNS_HANDSHAKES = Der.bits(7, new byte[] {(byte) 0x80});

    private final SecureRandom random;

    CertificateWriter(SecureRandom random) {
        this.random = random;
    }

    /**
     * When a certificate is valid, both ends included, in whole seconds.
     *
     * @param notBefore the first second
     * @param notAfter the last second
     */
    record Validity(Instant notBefore, Instant notAfter) {}

    /**
     * Who signs a leaf.
     *
     * @param certificate the authority's certificate, with a subject key identifier
     * @param key its private key, on P-256
     */
    record Issuer(X509Certificate certificate, PrivateKey key) {}

    /** A self-signed certificate of an authority below which no other authority may stand. */
    X509Certificate authority(KeyPair keys, Validity validity) throws GeneralSecurityException {
        return authority(keys, validity, BigInteger.ZERO);
    }

    /**
     * A self-signed certificate of an authority that follows another one. One authority may stand
     * below it, the old one: that it is self-issued should be enough (RFC 5280 section 4.2.1.9),
     * but Go counts it all the same.
     */
    X509Certificate successor(KeyPair keys, Validity validity) throws GeneralSecurityException {
        return authority(keys, validity, BigInteger.ONE);
    }

    private X509Certificate authority(KeyPair keys, Validity validity, BigInteger below)
            throws GeneralSecurityException {
        byte[] name = commonName(AUTHORITY_NAME);
        byte[] extensions =
                Der.sequence(
                        critical(
                                BASIC_CONSTRAINTS,
                                Der.sequence(Der.bool(true), Der.integer(below))),
                        critical(KEY_USAGE, SIGNS_CERTIFICATES),
                        plain(SUBJECT_KEY_IDENTIFIER, Der.octets(keyIdentifier(keys.getPublic()))));
        byte[] body = body(name, validity, name, keys.getPublic(), extensions);
        return sign(body, keys.getPrivate());
    }

    /**
     * An old authority's key certified by the new one (<a
     * href="https://datatracker.ietf.org/doc/html/rfc4210#section-4.4">RFC 4210 section 4.4</a>,
     * old-with-new): whoever trusts the new one then accepts what the old one signed.
     */
    X509Certificate oldWithNew(X509Certificate old, Validity validity, Issuer issuer)
            throws GeneralSecurityException {
        byte[] extensions =
                Der.sequence(
                        critical(
                                BASIC_CONSTRAINTS,
                                Der.sequence(Der.bool(true), Der.integer(BigInteger.ZERO))),
                        critical(KEY_USAGE, SIGNS_CERTIFICATES),
                        plain(SUBJECT_KEY_IDENTIFIER, Der.octets(keyIdentifier(old))),
                        plain(
                                AUTHORITY_KEY_IDENTIFIER,
                                Der.sequence(
                                        Der.implicit(0, keyIdentifier(issuer.certificate())))));
        byte[] issuerName = issuer.certificate().getSubjectX500Principal().getEncoded();
        byte[] subject = old.getSubjectX500Principal().getEncoded();
        return sign(
                body(issuerName, validity, subject, old.getPublicKey(), extensions), issuer.key());
    }

    /**
     * A server certificate for exactly this host.
     *
     * <p>The host stands in the subject too where it fits; else the subject is empty and the
     * alternative name critical (RFC 5280 section 4.1.2.6).
     */
    X509Certificate leaf(Host host, PublicKey key, Validity validity, Issuer issuer)
            throws GeneralSecurityException {
        boolean named = host.text().length() <= MAX_COMMON_NAME;
        byte[] alternativeName = Der.sequence(generalName(host));
        byte[] authorityKey = keyIdentifier(issuer.certificate());
        byte[] extensions =
                Der.sequence(
                        critical(KEY_USAGE, SIGNS_HANDSHAKES),
                        plain(EXTENDED_KEY_USAGE, Der.sequence(SERVER_AUTHENTICATION)),
                        named
                                ? plain(SUBJECT_ALTERNATIVE_NAME, alternativeName)
                                : critical(SUBJECT_ALTERNATIVE_NAME, alternativeName),
                        plain(SUBJECT_KEY_IDENTIFIER, Der.octets(keyIdentifier(key))),
                        plain(
                                AUTHORITY_KEY_IDENTIFIER,
                                Der.sequence(Der.implicit(0, authorityKey))));
        byte[] issuerName = issuer.certificate().getSubjectX500Principal().getEncoded();
        byte[] subject = named ? commonName(host.text()) : Der.sequence();
        return sign(body(issuerName, validity, subject, key, extensions), issuer.key());
    }

    private byte[] body(
            byte[] issuer, Validity validity, byte[] subject, PublicKey key, byte[] extensions) {
        return Der.sequence(
                Der.explicit(0, Der.integer(BigInteger.TWO)),
                Der.integer(serial()),
                ECDSA_WITH_SHA256,
                issuer,
                Der.sequence(Der.time(validity.notBefore()), Der.time(validity.notAfter())),
                subject,
                key.getEncoded(),
                Der.explicit(3, extensions));
    }

    /** A positive number of exactly 127 bits, 126 of them random. */
    private BigInteger serial() {
        return new BigInteger(126, random).setBit(126);
    }

    private X509Certificate sign(byte[] body, PrivateKey key) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key, random);
        signature.update(body);
        byte[] der = Der.sequence(body, ECDSA_WITH_SHA256, Der.bits(0, signature.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der));
    }

    private static byte[] generalName(Host host) {
        return switch (host) {
            case Hostname name -> Der.implicit(2, name.text().getBytes(StandardCharsets.US_ASCII));
            case IpAddress address -> Der.implicit(7, address.toBytes());
        };
    }

    private static byte[] commonName(String text) {
        return Der.sequence(Der.set(Der.sequence(COMMON_NAME, Der.utf8(text))));
    }

    private static byte[] critical(byte[] oid, byte[] value) {
        return Der.sequence(oid, Der.bool(true), Der.octets(value));
    }

    private static byte[] plain(byte[] oid, byte[] value) {
        return Der.sequence(oid, Der.octets(value));
    }

    /**
     * The SHA-256 of the SubjectPublicKeyInfo, cut to 160 bits (<a
     * href="https://datatracker.ietf.org/doc/html/rfc7093#section-2">RFC 7093 section 2</a>, method
     * 4).
     */
    private static byte[] keyIdentifier(PublicKey key) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
        return Arrays.copyOf(digest, 20);
    }

    /** The subject key identifier that a certificate names: an octet string in an octet string. */
    private static byte[] keyIdentifier(X509Certificate certificate)
            throws GeneralSecurityException {
        Optional<byte[]> value = Optional.ofNullable(certificate.getExtensionValue("2.5.29.14"));
        if (value.isPresent() && value.get().length > 4) {
            return Arrays.copyOfRange(value.get(), 4, value.get().length);
        }
        return keyIdentifier(certificate.getPublicKey());
    }
}
