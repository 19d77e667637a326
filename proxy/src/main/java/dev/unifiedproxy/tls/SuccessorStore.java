package dev.unifiedproxy.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The authority that is to follow, on the disk: a directory {@code ca-next} that appears whole, by
 * one rename, and in the end takes the place of {@code ca}, by two. A crash between those two is
 * completed by the next {@link #recover}.
 */
final class SuccessorStore {
    private static final String NEXT = "ca-next";
    private static final String RETIRED = "ca-retired";
    private static final String OLD_WITH_NEW = "old-with-new.pem";
    private static final String ENDS = "overlap-ends";

    private final Path stateDirectory;
    private final AuthorityStore next;

    SuccessorStore(Path stateDirectory) {
        this.stateDirectory = stateDirectory;
        this.next = new AuthorityStore(stateDirectory, NEXT);
    }

    /**
     * What the directory holds.
     *
     * @param pair the new key and certificate
     * @param oldWithNew the old authority's key, certified by the new one
     * @param ends when the old authority stops
     */
    record Stored(AuthorityStore.Stored pair, X509Certificate oldWithNew, Instant ends) {}

    AuthorityStore pairs() {
        return next;
    }

    /** Completes a promotion that was interrupted: after it there is one authority again. */
    void recover() {
        try {
            if (Files.exists(next.directory()) && Files.notExists(current())) {
                Files.move(next.directory(), current(), StandardCopyOption.ATOMIC_MOVE);
                DurableFiles.forceDirectory(stateDirectory);
            }
            if (Files.exists(current())) {
                Files.deleteIfExists(current().resolve(OLD_WITH_NEW));
                Files.deleteIfExists(current().resolve(ENDS));
            }
            if (Files.exists(retired())) {
                DurableFiles.deleteDirectory(retired());
                DurableFiles.forceDirectory(stateDirectory);
            }
        } catch (IOException e) {
            throw new AuthorityException("CA directory " + current() + " cannot be replaced", e);
        }
    }

    Optional<Stored> load() {
        return next.load()
                .map(pair -> new Stored(pair, next.readCertificate(OLD_WITH_NEW), readEnds()));
    }

    /**
     * Makes a successor of an authority and stores it.
     *
     * @param ends when the old one is to stop; its own end comes first, if that is earlier
     */
    Stored prepare(
            CertificateWriter writer,
            CertificateWriter.Issuer old,
            KeyPair keys,
            CertificateWriter.Validity validity,
            Instant ends)
            throws GeneralSecurityException {
        Instant oldEnds = old.certificate().getNotAfter().toInstant();
        X509Certificate certificate = writer.successor(keys, validity);
        X509Certificate oldWithNew =
                writer.oldWithNew(
                        old.certificate(),
                        new CertificateWriter.Validity(validity.notBefore(), oldEnds),
                        new CertificateWriter.Issuer(certificate, keys.getPrivate()));
        Stored made =
                new Stored(
                        new AuthorityStore.Stored(keys.getPrivate(), certificate, List.of()),
                        oldWithNew,
                        ends.isAfter(oldEnds) ? oldEnds : ends);
        if (!create(made)) {
            throw new AuthorityException(
                    "CA directory "
                            + next.directory()
                            + " is there already (expected: none while no rotation goes on)");
        }
        return made;
    }

    private boolean create(Stored successor) throws GeneralSecurityException {
        return next.create(
                successor.pair().key(),
                successor.pair().certificate(),
                Map.of(
                        OLD_WITH_NEW,
                        Pem.encode("CERTIFICATE", successor.oldWithNew().getEncoded()),
                        ENDS,
                        successor.ends() + "\n"));
    }

    /** The successor takes the old authority's place; the old key is deleted. */
    void promote() {
        try {
            Files.move(current(), retired(), StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.forceDirectory(stateDirectory);
        } catch (IOException e) {
            throw new AuthorityException("CA directory " + current() + " cannot be retired", e);
        }
        recover();
    }

    /** Gives a rotation up, and what is left of an earlier one. */
    void discard() {
        next.discard();
        new AuthorityStore(stateDirectory, RETIRED).discard();
    }

    private Instant readEnds() {
        Path file = next.directory().resolve(ENDS);
        try {
            return Instant.parse(Files.readString(file, StandardCharsets.US_ASCII).strip());
        } catch (IOException | DateTimeException e) {
            throw new AuthorityException(
                    "%s cannot be read (expected: a time; remove %s to give the rotation up)"
                            .formatted(file, next.directory()),
                    e);
        }
    }

    private Path current() {
        return stateDirectory.resolve("ca");
    }

    private Path retired() {
        return stateDirectory.resolve(RETIRED);
    }
}
