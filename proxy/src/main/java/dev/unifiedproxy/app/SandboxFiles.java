package dev.unifiedproxy.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The files that help tools inside a sandbox to use the proxy, beside the certificates that they
 * trust. None of them is a secret.
 */
public final class SandboxFiles {
    /** Makes Node.js honour the proxy variables. */
    static final String NODE_BOOTSTRAP = "node-proxy.cjs";

    /** Settings of wget that name the bundle where it was published. */
    static final String WGET_SETTINGS = "wgetrc";

    /** The same for a sandbox that has the directory mounted at {@code /certs}. */
    static final String WGET_SETTINGS_MOUNTED = "wgetrc-mounted";

    private static final String BUNDLE = "ca-certificates.crt";

    private SandboxFiles() {}

    /**
     * Writes the files into the certificates' directory; each replaces an older one in one step.
     *
     * @throws IOException when one cannot be written
     */
    public static void publish(Path certificates) throws IOException {
        Files.createDirectories(certificates);
        Path directory = certificates.toAbsolutePath().normalize();
        write(directory.resolve(NODE_BOOTSTRAP), resource(NODE_BOOTSTRAP));
        write(directory.resolve(WGET_SETTINGS), wgetSettings(directory.resolve(BUNDLE).toString()));
        write(directory.resolve(WGET_SETTINGS_MOUNTED), wgetSettings("/certs/" + BUNDLE));
    }

    private static byte[] wgetSettings(String bundle) {
        return ("ca_certificate = " + bundle + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = SandboxFiles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the program's own file " + name + " is missing");
            }
            return in.readAllBytes();
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, content);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
