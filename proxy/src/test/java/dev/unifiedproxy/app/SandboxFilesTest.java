package dev.unifiedproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

class SandboxFilesTest {
    @TempDir Path directory;

    @Test
    void writesReadableFilesAndReplacesOlderOnes() throws IOException {
        Path certificates = directory.resolve("certs");
        Files.createDirectories(certificates);
        Files.writeString(certificates.resolve("wgetrc"), "older");

        SandboxFiles.publish(certificates);
        SandboxFiles.publish(certificates);

        assertThat(names(certificates))
                .containsExactlyInAnyOrder("node-proxy.cjs", "wgetrc", "wgetrc-mounted");
        assertThat(certificates.resolve("wgetrc"))
                .hasContent("ca_certificate = " + certificates + "/ca-certificates.crt\n");
        assertThat(certificates.resolve("wgetrc-mounted"))
                .hasContent("ca_certificate = /certs/ca-certificates.crt\n");
        assertThat(certificates.resolve("node-proxy.cjs")).content().contains("'use strict'");
        for (String name : names(certificates)) {
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(certificates.resolve(name))))
                    .isEqualTo("rw-r--r--");
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
