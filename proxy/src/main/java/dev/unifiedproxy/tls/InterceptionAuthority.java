package dev.unifiedproxy.tls;

import dev.unifiedproxy.host.Host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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

    private final Path stateDirectory;
    private final CertificateWriter writer;
    private final InstantSource clock;
    private final SecureRandom random;
    private final boolean created;
    private final List<String> notes;
    private volatile Standing standing;

    /**
     * Who signs now.
     *
     * @param generation how many steps of changes there were before
     * @param issuer signs every leaf
     * @param successor who will sign when the overlap is over
     */
    private record Standing(
            int generation,
            CertificateWriter.Issuer issuer,
            Optional<SuccessorStore.Stored> successor) {}

    private InterceptionAuthority(
            Path stateDirectory,
            AuthorityStore.Stored stored,
            Optional<SuccessorStore.Stored> successor,
            boolean created,
            CertificateWriter writer,
            InstantSource clock,
            SecureRandom random) {
        this.stateDirectory = stateDirectory;
        this.standing =
                new Standing(
                        0,
                        new CertificateWriter.Issuer(stored.certificate(), stored.key()),
                        successor);
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
        SuccessorStore successors = new SuccessorStore(stateDirectory);
        successors.recover();
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
        Optional<SuccessorStore.Stored> successor = successors.load();
        successor.ifPresent(
                next -> AuthorityCheck.require(successors.pairs(), next.pair(), clock.instant()));
        InterceptionAuthority authority =
                new InterceptionAuthority(
                        stateDirectory, stored, successor, created, writer, clock, random);
        authority.settle();
        AuthorityCheck.require(store, authority.stored(), clock.instant());
        return authority;
    }

    /**
     * Removes the authority's key and certificate, so that the next {@link #openOrCreate} makes a
     * new one and what the old one signed is no longer renewed.
     *
     * @return whether there was one
     * @throws AuthorityException when it cannot be removed
     */
    public static boolean discard(Path stateDirectory) {
        new SuccessorStore(stateDirectory).discard();
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

    private AuthorityStore.Stored stored() {
        CertificateWriter.Issuer issuer = standing.issuer();
        return new AuthorityStore.Stored(issuer.key(), issuer.certificate(), List.of());
    }

    /**
     * Begins the change to a new authority, or, with an overlap of nothing, makes it at once; then
     * one that has begun is completed.
     *
     * <p>During the overlap the old one goes on signing, and its certificate by the new one goes
     * with every leaf: so whoever trusts either of both accepts the leaf. The other way round, a
     * new one certified by the old, fails with Go, because old ones allow no authority below them.
     *
     * <p>Not for several threads at once, like {@link #settle}.
     *
     * @param overlap how long sandboxes have to read the new certificate
     * @return what was begun or completed; empty when one has begun already and goes on
     * @throws AuthorityException when the files cannot be written
     */
    public Optional<Rotation> rotate(Duration overlap) {
        Standing now = standing;
        if (now.successor().isPresent() && !overlap.isZero()) {
            return Optional.empty();
        }
        SuccessorStore.Stored next =
                now.successor().orElseGet(() -> prepare(now.issuer(), overlap));
        Rotation begun = rotation(now.issuer(), next, false);
        standing = new Standing(now.generation() + 1, now.issuer(), Optional.of(next));
        if (overlap.isZero()) {
            promote(next);
            return Optional.of(
                    new Rotation(begun.oldSha256(), begun.newSha256(), clock.instant(), true));
        }
        return Optional.of(begun);
    }

    private SuccessorStore.Stored prepare(CertificateWriter.Issuer old, Duration overlap) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        CertificateWriter.Validity validity =
                new CertificateWriter.Validity(
                        now.minus(CLOCK_TOLERANCE), now.plus(AUTHORITY_LIFETIME));
        try {
            return new SuccessorStore(stateDirectory)
                    .prepare(writer, old, newKeys(random), validity, now.plus(overlap));
        } catch (GeneralSecurityException e) {
            throw new AuthorityException("The next CA certificate cannot be made", e);
        }
    }

    /** Completes a change whose overlap is over; tells what was completed. */
    public Optional<Rotation> settle() {
        Standing now = standing;
        Optional<SuccessorStore.Stored> due =
                now.successor().filter(next -> !clock.instant().isBefore(next.ends()));
        return due.map(
                next -> {
                    promote(next);
                    return rotation(now.issuer(), next, true);
                });
    }

    private void promote(SuccessorStore.Stored next) {
        new SuccessorStore(stateDirectory).promote();
        AuthorityStore.Stored pair = next.pair();
        standing =
                new Standing(
                        standing.generation() + 1,
                        new CertificateWriter.Issuer(pair.certificate(), pair.key()),
                        Optional.empty());
    }

    /** The change that goes on, if one does. */
    public Optional<Rotation> rotation() {
        Standing now = standing;
        return now.successor().map(next -> rotation(now.issuer(), next, false));
    }

    private static Rotation rotation(
            CertificateWriter.Issuer old, SuccessorStore.Stored next, boolean over) {
        return new Rotation(
                fingerprint(old.certificate()),
                fingerprint(next.pair().certificate()),
                next.ends(),
                over);
    }

    /** Grows with every step of a change, so that a leaf of before is seen to be old. */
    int generation() {
        return standing.generation();
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
        return standing.issuer().certificate();
    }

    /** What sandboxes are to trust: the authority, and during an overlap the next one. */
    public List<X509Certificate> trusted() {
        Standing now = standing;
        return Stream.concat(
                        Stream.of(now.issuer().certificate()),
                        now.successor().stream().map(next -> next.pair().certificate()))
                .toList();
    }

    /** The SHA-256 of the certificate as {@code openssl x509 -fingerprint} prints it. */
    public String sha256Fingerprint() {
        return fingerprint(certificate());
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
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
        return issueLeaf(host, leafKey, standing.issuer());
    }

    /**
     * Such a certificate and, during an overlap, the one by which those who trust the next
     * authority accept it.
     *
     * @throws AuthorityException when the authority is no longer valid
     */
    List<X509Certificate> issueChain(Host host, PublicKey leafKey) {
        Standing now = standing;
        return Stream.concat(
                        Stream.of(issueLeaf(host, leafKey, now.issuer())),
                        now.successor().stream().map(SuccessorStore.Stored::oldWithNew))
                .toList();
    }

    private X509Certificate issueLeaf(
            Host host, PublicKey leafKey, CertificateWriter.Issuer issuer) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant first = issuer.certificate().getNotBefore().toInstant();
        Instant last = issuer.certificate().getNotAfter().toInstant();
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
     * Writes {@code mitmproxy-ca.pem} (what is {@link #trusted}) and {@code ca-certificates.crt}
     * (the system's, then ours) for sandboxes to read; each replaces an older one in one step.
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
            StringBuilder ours = new StringBuilder();
            for (X509Certificate one : trusted()) {
                ours.append(Pem.encode("CERTIFICATE", one.getEncoded()));
            }
            StringBuilder bundle = new StringBuilder();
            system.forEach(der -> bundle.append(Pem.encode("CERTIFICATE", der)));
            bundle.append(ours);
            Files.createDirectories(directory);
            DurableFiles.replace(certificateFile, ours.toString(), "rw-r--r--", suffix());
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
