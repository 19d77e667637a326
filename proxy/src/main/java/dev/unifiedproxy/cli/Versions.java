package dev.unifiedproxy.cli;

import dev.unifiedproxy.tls.TlsProvider;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.Optional;
import java.util.Properties;

/** What {@code --version} prints. */
final class Versions {
    private Versions() {}

    /** One line for each of the program, Java, Netty and the TLS provider. */
    static String text() {
        Table table = new Table("unified-proxy", product());
        table.row("Java", Runtime.version() + " (" + System.getProperty("java.vendor", "") + ")");
        table.row("Netty", netty());
        table.row("TLS", TlsProvider.choose("auto").describe());
        return table.render();
    }

    private static String product() {
        return Optional.ofNullable(Versions.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /** From the resource that every Netty artifact carries. */
    private static String netty() {
        try {
            for (URL url :
                    Collections.list(
                            Versions.class
                                    .getClassLoader()
                                    .getResources("META-INF/io.netty.versions.properties"))) {
                Properties properties = new Properties();
                try (InputStream in = url.openStream()) {
                    properties.load(in);
                }
                String version = properties.getProperty("netty-common.version");
                if (version != null) {
                    return version;
                }
            }
            return "unknown";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
