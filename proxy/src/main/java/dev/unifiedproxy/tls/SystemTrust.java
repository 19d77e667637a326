package dev.unifiedproxy.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The certificate authorities that the operating system trusts: one PEM file, found and read. */
public final class SystemTrust {
    /** The upper bound of a bundle, in bytes; the usual ones have a quarter of a million. */
    static final long MAX_BYTES = 16L * 1024 * 1024;

    /** Where distributions keep it: Debian and Alpine, Fedora, SUSE, BSD. */
    private static final List<Path> USUAL_PLACES =
            List.of(
                    Path.of("/etc/ssl/certs/ca-certificates.crt"),
                    Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
                    Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
                    Path.of("/etc/ssl/ca-bundle.pem"),
                    Path.of("/etc/ssl/cert.pem"),
                    Path.of("/usr/local/share/certs/ca-root-nss.crt"));

    private SystemTrust() {}

    /** The first bundle that exists in the usual places, or empty. */
    public static Optional<Path> find() {
        return find(USUAL_PLACES);
    }

    /** The first of these files that exists and is readable, or empty. */
    static Optional<Path> find(List<Path> places) {
        return places.stream()
                .filter(place -> Files.isRegularFile(place) && Files.isReadable(place))
                .findFirst();
    }

    /**
     * The certificates of a bundle, in its order.
     *
     * @throws AuthorityException when it cannot be read, is larger than 16 MiB, holds no
     *     certificate, or one that cannot be parsed
     */
    public static List<X509Certificate> certificates(Path bundle) {
        List<X509Certificate> found = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (byte[] der : blocks(bundle)) {
                found.add(
                        (X509Certificate)
                                factory.generateCertificate(new ByteArrayInputStream(der)));
            }
        } catch (CertificateException e) {
            throw new AuthorityException(
                    "CA bundle " + bundle + ": certificate " + (found.size() + 1), e);
        }
        return List.copyOf(found);
    }

    /** The certificates of a bundle as DER, not parsed. */
    static List<byte[]> blocks(Path bundle) {
        try {
            long size = Files.size(bundle);
            if (size > MAX_BYTES) {
                throw new AuthorityException(
                        "CA bundle " + bundle + ": " + size + " bytes (expected: <= 16 MiB)");
            }
            String text = Files.readString(bundle, StandardCharsets.ISO_8859_1);
            List<byte[]> blocks = Pem.decode("CERTIFICATE", text);
            if (blocks.isEmpty()) {
                throw new AuthorityException(
                        "CA bundle " + bundle + ": no certificate (expected: at least one)");
            }
            return blocks;
        } catch (IOException | IllegalArgumentException e) {
            throw new AuthorityException("CA bundle " + bundle + " cannot be read", e);
        }
    }
}
