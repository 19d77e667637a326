package dev.unifiedproxy.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ca show|export|rotate}: the certificate that sandboxes trust, never its key. */
final class AuthorityCommands {
    private static final Pattern BLOCK =
            Pattern.compile(
                    "-----BEGIN CERTIFICATE-----[^-]{1,20000}-----END CERTIFICATE-----",
                    Pattern.DOTALL);
    private static final String FILE = "mitmproxy-ca.pem";

    private AuthorityCommands() {}

    static CommandSpec spec() {
        return Commands.group(
                        "ca",
                        "Shows, exports and replaces the certificate that sandboxes trust.",
                        "unified-proxy ca show",
                        "unified-proxy ca export --out unified-proxy-ca.crt",
                        "unified-proxy ca rotate")
                .addSubcommand("rotate", RotateCommand.spec())
                .addSubcommand(
                        "show",
                        Commands.leaf(
                                        "show",
                                        "Shows subject, fingerprint, validity and place of the"
                                                + " certificate.",
                                        AuthorityCommands::show,
                                        "unified-proxy ca show",
                                        "unified-proxy ca show --json | jq -r .sha256")
                                .addOption(certificates())
                                .addOption(Commands.json()))
                .addSubcommand(
                        "export",
                        Commands.leaf(
                                        "export",
                                        "Prints the certificate as PEM, or writes it to a file.",
                                        AuthorityCommands::export,
                                        "unified-proxy ca export > unified-proxy-ca.crt",
                                        "unified-proxy ca export --out"
                                            + " /usr/local/share/ca-certificates/unified-proxy.crt")
                                .addOption(certificates())
                                .addOption(Commands.text("--out", "FILE", "Where it is written.")));
    }

    private static OptionSpec certificates() {
        return Commands.text(
                "--certs", "DIR", "Where the proxy publishes certificates; PROXY_CERTS_DIR else.");
    }

    private static int show(Invocation invocation) throws CommandFailure {
        Path file = file(invocation);
        List<X509Certificate> certificates = read(file, invocation);
        X509Certificate certificate = certificates.getFirst();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("subject", certificate.getSubjectX500Principal().getName());
        fields.put("sha256", fingerprint(certificate));
        fields.put("valid_from", certificate.getNotBefore().toInstant().toString());
        fields.put("valid_until", certificate.getNotAfter().toInstant().toString());
        if (certificates.size() > 1) {
            fields.put("next_sha256", fingerprint(certificates.get(1)));
        }
        fields.put("path", file.toString());
        if (invocation.flag("--json")) {
            invocation.print(JsonText.pretty(fields));
            return ExitCode.OK.number();
        }
        Table table = new Table("subject", String.valueOf(fields.remove("subject")));
        fields.forEach((name, value) -> table.row(name.replace('_', ' '), String.valueOf(value)));
        invocation.console().out().print(table.render());
        return ExitCode.OK.number();
    }

    private static int export(Invocation invocation) throws CommandFailure {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate certificate : read(file(invocation), invocation)) {
            pem.append(pem(certificate));
        }
        String out = invocation.option("--out").orElse("");
        if (out.isEmpty()) {
            invocation.console().out().print(pem);
            return ExitCode.OK.number();
        }
        try {
            Files.writeString(Path.of(out), pem.toString());
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION,
                    "cannot write %s: %s".formatted(out, e.getClass().getSimpleName()),
                    "Name a file in a directory that exists and that you may write to.");
        }
        invocation.print("Wrote " + out);
        return ExitCode.OK.number();
    }

    private static Path file(Invocation invocation) throws CommandFailure {
        Optional<String> given = invocation.option("--certs");
        Path directory =
                given.isPresent() ? Path.of(given.get()) : invocation.files().certificates();
        return directory.resolve(FILE);
    }

    /** The authority's and, while a rotation goes on, the next one's. */
    private static List<X509Certificate> read(Path file, Invocation invocation)
            throws CommandFailure {
        try {
            List<X509Certificate> found = new ArrayList<>();
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            Matcher blocks = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            while (blocks.find()) {
                byte[] block = blocks.group().getBytes(StandardCharsets.ISO_8859_1);
                found.add(
                        (X509Certificate)
                                factory.generateCertificate(new ByteArrayInputStream(block)));
            }
            if (found.isEmpty()) {
                throw new CertificateException("no certificate");
            }
            return found;
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION,
                    "there is no readable CA certificate at " + file,
                    "Start the proxy once (\"%s serve\"), or name the directory with --certs."
                            .formatted(invocation.console().program()));
        } catch (GeneralSecurityException e) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION,
                    file + " is not a certificate",
                    "Remove the file and restart the proxy, which writes it again.");
        }
    }

    private static String fingerprint(X509Certificate certificate) throws CommandFailure {
        try {
            return HexFormat.ofDelimiter(":")
                    .withUpperCase()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw unusable();
        }
    }

    /**
     * Written anew from the certificate, so that nothing else that the file may hold is printed.
     */
    private static String pem(X509Certificate certificate) throws CommandFailure {
        try {
            String base64 =
                    Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                            .encodeToString(certificate.getEncoded());
            return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw unusable();
        }
    }

    private static CommandFailure unusable() {
        return new CommandFailure(
                ExitCode.CONFIGURATION,
                "the CA certificate cannot be encoded",
                "Use a Java 25 with its standard security providers.");
    }
}
