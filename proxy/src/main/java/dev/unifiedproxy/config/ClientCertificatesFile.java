package dev.unifiedproxy.config;

import dev.unifiedproxy.credential.ClientCertificate;
import dev.unifiedproxy.host.Host;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which certificate the proxy shows to which server: {@code host chain.pem key.pem} on a line. */
public final class ClientCertificatesFile {
    private static final int MAX_BYTES = 1 << 20;

    private ClientCertificatesFile() {}

    /**
     * Reads a file's content and the files that it names.
     *
     * @param file where it is; names in it are taken from its directory
     * @throws ConfigurationException with every line that is not right
     */
    public static Map<Host, ClientCertificate> parse(Path file, byte[] content) {
        Map<Host, ClientCertificate> certificates = new LinkedHashMap<>();
        Problems problems = new Problems();
        String[] lines = Utf8.decode(file.toString(), content, MAX_BYTES).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            int comment = lines[i].indexOf('#');
            String text = (comment < 0 ? lines[i] : lines[i].substring(0, comment)).strip();
            if (text.isEmpty()) {
                continue;
            }
            try {
                add(certificates, file, text.split("[ \t]+"));
            } catch (IllegalArgumentException e) {
                int column = 1 + lines[i].indexOf(text);
                String message = String.valueOf(e.getMessage());
                problems.add(new Problem(file.toString(), i + 1, column, message));
            }
        }
        problems.throwIfAny();
        return Map.copyOf(certificates);
    }

    private static void add(Map<Host, ClientCertificate> certificates, Path file, String[] fields) {
        if (fields.length != 3) {
            throw new IllegalArgumentException(
                    "the line has " + fields.length + " words (expected: host chain.pem key.pem)");
        }
        Host host = Host.parse(fields[0]);
        ClientCertificate certificate =
                ClientCertificate.read(
                        file.resolveSibling(fields[1]), file.resolveSibling(fields[2]));
        if (certificates.putIfAbsent(host, certificate) != null) {
            throw new IllegalArgumentException(
                    "host '" + host.text() + "' has a certificate already (expected: one)");
        }
    }
}
