package dev.unifiedproxy.tls;

import dev.unifiedproxy.host.Host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The certificate authority whose leaves the proxy shows to sandboxes: made once, kept over
 * restarts, its key never outside the state directory.
 */
public final class InterceptionAuthority {
    /** How long the authority is valid. */
    private static final Duration AUTHORITY_LIFETIME = Duration.ofDays(3652);

    /** How long a leaf is valid, unless the authority ends before. */
    private static final Duration LEAF_LIFETIME = Duration.ofDays(7);

    /** How far a sandbox's clock may be behind ours. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofDays(1);

    private static final int KEY_BITS = 256;

    private final CertificateWriter.Issuer issuer;
    private final CertificateWriter writer;
    private final InstantSource clock;
    private final SecureRandom random;
    private final boolean created;
    private final List<String> notes;

    private InterceptionAuthority(
            AuthorityStore.Stored stored,
            boolean created,
            CertificateWriter writer,
            InstantSource clock,
            SecureRandom random) {
        this.issuer = new CertificateWriter.Issuer(stored.certificate(), stored.key());
        this.created = created;
        this.notes = stored.notes();
        this.writer = writer;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Opens the authority in {@code <state>/ca}, or creates it there; of several processes that do
     * so at once all get the same one.
     *
     * @throws AuthorityException when the files cannot be read or written, are incomplete, do not
     *     belong together, or the certificate is no authority's or not valid now
     */
    public static InterceptionAuthority openOrCreate(Path stateDirectory, InstantSource clock) {
        SecureRandom random = new SecureRandom();
        CertificateWriter writer = new CertificateWriter(random);
        AuthorityStore store = new AuthorityStore(stateDirectory);
        Optional<AuthorityStore.Stored> found = store.load();
        boolean created = false;
        if (found.isEmpty()) {
            created = create(store, writer, clock, random);
            found = store.load();
        }
        AuthorityStore.Stored stored =
                found.orElseThrow(
                        () ->
                                new AuthorityException(
                                        "CA directory "
                                                + store.directory()
                                                + " was removed while it was opened"));
        check(store, stored, clock.instant());
        return new InterceptionAuthority(stored, created, writer, clock, random);
    }

    /**
     * Removes the authority's key and certificate, so that the next {@link #openOrCreate} makes a
     * new one and what the old one signed is no longer renewed.
     *
     * @return whether there was one
     * @throws AuthorityException when it cannot be removed
     */
    public static boolean discard(Path stateDirectory) {
        return new AuthorityStore(stateDirectory).discard();
    }

    private static boolean create(
            AuthorityStore store,
            CertificateWriter writer,
            InstantSource clock,
            SecureRandom random) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        try {
            KeyPair keys = newKeys(random);
            X509Certificate certificate =
                    writer.authority(
                            keys,
                            new CertificateWriter.Validity(
                                    now.minus(CLOCK_TOLERANCE), now.plus(AUTHORITY_LIFETIME)));
            return store.create(keys.getPrivate(), certificate);
        } catch (GeneralSecurityException e) {
            throw new AuthorityException("CA certificate cannot be made", e);
        }
    }

    private static KeyPair newKeys(SecureRandom random) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return generator.generateKeyPair();
    }

    private static void check(AuthorityStore store, AuthorityStore.Stored stored, Instant now) {
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

    /** Whether this call made the authority; false when it was there already. */
    public boolean created() {
        return created;
    }

    /** What had to be set right while opening, one sentence each, for the log. */
    public List<String> notes() {
        return notes;
    }

    /** The authority's certificate. */
    public X509Certificate certificate() {
        return issuer.certificate();
    }

    /** The SHA-256 of the certificate as {@code openssl x509 -fingerprint} prints it. */
    public String sha256Fingerprint() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate().getEncoded());
            return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new AuthorityException("CA fingerprint cannot be made", e);
        }
    }

    /** A new P-256 key pair for leaves. */
    KeyPair newLeafKeys() {
        try {
            return newKeys(random);
        } catch (GeneralSecurityException e) {
            throw new AuthorityException("Leaf key cannot be made", e);
        }
    }

    /**
     * A server certificate for exactly this host, valid from a day ago for the next seven days but
     * not before or beyond the authority.
     *
     * @param leafKey the P-256 key that the server has
     * @throws AuthorityException when the authority is no longer valid
     */
    public X509Certificate issueLeaf(Host host, PublicKey leafKey) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant first = certificate().getNotBefore().toInstant();
        Instant last = certificate().getNotAfter().toInstant();
        if (now.isBefore(first) || now.isAfter(last)) {
            throw new AuthorityException(
                    "CA certificate is valid from %s to %s (expected: valid at %s)"
                            .formatted(first, last, now));
        }
        Instant notBefore = now.minus(CLOCK_TOLERANCE);
        Instant notAfter = now.plus(LEAF_LIFETIME);
        CertificateWriter.Validity validity =
                new CertificateWriter.Validity(
                        notBefore.isBefore(first) ? first : notBefore,
                        notAfter.isAfter(last) ? last : notAfter);
        try {
            return writer.leaf(host, leafKey, validity, issuer);
        } catch (GeneralSecurityException e) {
            throw new AuthorityException("Leaf certificate for " + host + " cannot be made", e);
        }
    }

    /**
     * Writes {@code mitmproxy-ca.pem} (our certificate) and {@code ca-certificates.crt} (the
     * system's, then ours) for sandboxes to read; each replaces an older one in one step.
     *
     * <p>Only certificates are copied from the bundle, whatever else it holds.
     *
     * @param systemBundle the system's authorities, as {@link SystemTrust#find} names them
     * @throws AuthorityException when the bundle cannot be read or a file cannot be written
     */
    public PublishedTrust publish(Path directory, Optional<Path> systemBundle) {
        List<byte[]> system = systemBundle.map(SystemTrust::blocks).orElse(List.of());
        Path certificateFile = directory.resolve("mitmproxy-ca.pem");
        Path bundleFile = directory.resolve("ca-certificates.crt");
        try {
            String ours = Pem.encode("CERTIFICATE", certificate().getEncoded());
            StringBuilder bundle = new StringBuilder();
            system.forEach(der -> bundle.append(Pem.encode("CERTIFICATE", der)));
            bundle.append(ours);
            Files.createDirectories(directory);
            DurableFiles.replace(certificateFile, ours, "rw-r--r--", suffix());
            DurableFiles.replace(bundleFile, bundle.toString(), "rw-r--r--", suffix());
            DurableFiles.forceDirectory(directory);
        } catch (IOException | CertificateEncodingException e) {
            throw new AuthorityException("CA certificate cannot be published in " + directory, e);
        }
        Optional<String> note =
                systemBundle.isPresent()
                        ? Optional.empty()
                        : Optional.of(
                                bundleFile + ": no system CA bundle found, holds only our CA");
        return new PublishedTrust(certificateFile, bundleFile, system.size(), note);
    }

    private String suffix() {
        return HexFormat.of().toHexDigits(random.nextLong());
    }
}
