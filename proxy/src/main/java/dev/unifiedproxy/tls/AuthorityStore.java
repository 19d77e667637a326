package dev.unifiedproxy.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The authority's key and certificate on the disk: a directory {@code ca} that appears whole, by
 * one rename, or not at all. So a crash leaves no half of it, and of two processes that start at
 * once one wins and the other one reads what the winner wrote.
 */
final class AuthorityStore {
    private static final String OWNER_DIRECTORY = "rwx------";
    private static final String OWNER_FILE = "rw-------";
    private static final long MAX_BYTES = 64 * 1024;

    private final Path stateDirectory;
    private final String name;

    /** The authority that signs. */
    AuthorityStore(Path stateDirectory) {
        this(stateDirectory, "ca");
    }

    /** One in a directory of another name. */
    AuthorityStore(Path stateDirectory, String name) {
        this.stateDirectory = stateDirectory;
        this.name = name;
    }

    /**
     * What the two files hold.
     *
     * @param key the private key
     * @param certificate the certificate that should belong to it
     * @param notes what had to be set right on the way
     */
    record Stored(PrivateKey key, X509Certificate certificate, List<String> notes) {}

    Path directory() {
        return stateDirectory.resolve(name);
    }

    Path keyFile() {
        return directory().resolve("ca-key.pem");
    }

    Path certificateFile() {
        return directory().resolve("ca.pem");
    }

    /** The stored pair, or empty when there is none yet. */
    Optional<Stored> load() {
        boolean hasKey = Files.exists(keyFile());
        boolean hasCertificate = Files.exists(certificateFile());
        if (!hasKey && !hasCertificate) {
            return Optional.empty();
        }
        if (!hasKey || !hasCertificate) {
            throw new AuthorityException(
                    "CA directory %s: %s is missing (expected: ca-key.pem and ca.pem; remove the directory for a new CA)"
                            .formatted(directory(), hasKey ? "ca.pem" : "ca-key.pem"));
        }
        List<String> notes = new ArrayList<>();
        tighten(directory(), OWNER_DIRECTORY, notes);
        tighten(keyFile(), OWNER_FILE, notes);
        return Optional.of(new Stored(readKey(), readCertificate("ca.pem"), List.copyOf(notes)));
    }

    /**
     * Stores a new pair.
     *
     * @return false when another process was faster; then nothing of this pair is left
     */
    boolean create(PrivateKey key, X509Certificate certificate) {
        return create(key, certificate, Map.of());
    }

    /** The same with further files beside the pair, by name. */
    boolean create(PrivateKey key, X509Certificate certificate, Map<String, String> others) {
        try {
            Files.createDirectories(stateDirectory, ownerOnly(OWNER_DIRECTORY));
            Path temporary =
                    Files.createTempDirectory(stateDirectory, ".ca-", ownerOnly(OWNER_DIRECTORY));
            try {
                DurableFiles.create(
                        temporary.resolve("ca-key.pem"),
                        Pem.encode("PRIVATE KEY", key.getEncoded()),
                        OWNER_FILE);
                DurableFiles.create(
                        temporary.resolve("ca.pem"),
                        Pem.encode("CERTIFICATE", certificate.getEncoded()),
                        OWNER_FILE);
                for (Map.Entry<String, String> other : others.entrySet()) {
                    DurableFiles.create(
                            temporary.resolve(other.getKey()), other.getValue(), OWNER_FILE);
                }
                DurableFiles.forceDirectory(temporary);
                boolean won = renameTo(temporary);
                DurableFiles.forceDirectory(stateDirectory);
                return won;
            } finally {
                if (Files.exists(temporary)) {
                    DurableFiles.deleteDirectory(temporary);
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new AuthorityException("CA directory " + directory() + " cannot be created", e);
        }
    }

    /** Removes the pair for good: out of the way in one rename, then deleted. */
    boolean discard() {
        try {
            if (!Files.exists(directory())) {
                return false;
            }
            Path aside =
                    Files.createTempDirectory(stateDirectory, ".ca-", ownerOnly(OWNER_DIRECTORY));
            Files.move(directory(), aside, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.deleteDirectory(aside);
            DurableFiles.forceDirectory(stateDirectory);
            return true;
        } catch (IOException e) {
            throw new AuthorityException("CA directory " + directory() + " cannot be removed", e);
        }
    }

    /** A rename onto a directory that is not empty fails: there the other process was faster. */
    private boolean renameTo(Path temporary) throws IOException {
        try {
            Files.move(temporary, directory(), StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (FileSystemException e) {
            if (Files.exists(keyFile()) && Files.exists(certificateFile())) {
                return false;
            }
            throw e;
        }
    }

    private static void tighten(Path path, String mode, List<String> notes) {
        Set<PosixFilePermission> allowed = PosixFilePermissions.fromString(mode);
        try {
            Set<PosixFilePermission> found = Files.getPosixFilePermissions(path);
            if (allowed.containsAll(found)) {
                return;
            }
            Files.setPosixFilePermissions(path, allowed);
            notes.add(
                    "%s: mode %s was too open (set to: %s)"
                            .formatted(path, PosixFilePermissions.toString(found), mode));
        } catch (IOException e) {
            throw new AuthorityException(path + ": mode cannot be set to " + mode, e);
        }
    }

    private PrivateKey readKey() {
        byte[] der = only(keyFile(), "PRIVATE KEY");
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException e) {
            throw new AuthorityException(keyFile() + " is not an elliptic curve key in PKCS #8", e);
        }
    }

    /** The certificate in a file of the directory. */
    X509Certificate readCertificate(String fileName) {
        Path file = directory().resolve(fileName);
        byte[] der = only(file, "CERTIFICATE");
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new AuthorityException(file + " is not an X.509 certificate", e);
        }
    }

    /** The one block of a file. */
    private static byte[] only(Path file, String label) {
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new AuthorityException(
                        file + ": " + size + " bytes (expected: <= " + MAX_BYTES + ")");
            }
            List<byte[]> blocks =
                    Pem.decode(label, Files.readString(file, StandardCharsets.ISO_8859_1));
            if (blocks.size() != 1) {
                throw new AuthorityException(
                        "%s: %d %s blocks (expected: 1)".formatted(file, blocks.size(), label));
            }
            return blocks.getFirst();
        } catch (IOException | IllegalArgumentException e) {
            throw new AuthorityException(file + " cannot be read", e);
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> ownerOnly(String mode) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    }
}
