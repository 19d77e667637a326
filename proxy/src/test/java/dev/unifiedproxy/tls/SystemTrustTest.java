package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

final class SystemTrustTest {
    @TempDir Path directory;

    @Test
    void firstExistingPlaceIsTaken() throws IOException {
        Path missing = directory.resolve("missing");
        Path second = Files.createFile(directory.resolve("second"));
        Path third = Files.createFile(directory.resolve("third"));
        assertThat(SystemTrust.find(List.of(missing, directory, second, third))).contains(second);
        assertThat(SystemTrust.find(List.of(missing))).isEmpty();
    }

    @Test
    void bundleOfThisMachineIsReadWhole() throws IOException {
        Optional<Path> bundle = SystemTrust.find();
        if (bundle.isPresent()) {
            long blocks;
            try (var lines = Files.lines(bundle.get())) {
                blocks = lines.filter("-----BEGIN CERTIFICATE-----"::equals).count();
            }
            assertThat(SystemTrust.certificates(bundle.get())).hasSize((int) blocks);
        }
    }

    @Test
    void emptyBrokenAndHugeBundlesAreRefused() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty"));
        assertRefused(empty, "no certificate (expected: at least one)");
        Path broken = directory.resolve("broken");
        Files.writeString(broken, Pem.encode("CERTIFICATE", new byte[] {1, 2}));
        assertRefused(broken, "certificate 1");
        Path huge = directory.resolve("huge");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(SystemTrust.MAX_BYTES + 1);
        }
        assertRefused(huge, "16777217 bytes (expected: <= 16 MiB)");
        assertRefused(directory.resolve("missing"), "cannot be read");
    }

    private static void assertRefused(Path bundle, String message) {
        assertThatThrownBy(() -> SystemTrust.certificates(bundle))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining(bundle.toString())
                .hasMessageContaining(message);
    }
}
