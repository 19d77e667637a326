package dev.unifiedproxy.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

final class AuditFileTest {
    @TempDir Path directory;

    @Test
    void halfWrittenLineIsBegunAgainInAnotherFile() throws IOException {
        AuditFile file =
                new AuditFile(AuditSettings.of(directory), InstantSource.fixed(Instant.EPOCH));
        ByteBuffer lines = ByteBuffer.wrap("first\nsecond\n".getBytes(StandardCharsets.US_ASCII));
        lines.position(9); // as a full disk leaves it: "first\nsec" stands in the file before

        file.write(lines);
        file.closeDurably();

        assertThat(Files.readString(directory.resolve("audit.jsonl"))).isEqualTo("second\n");
        assertThat(lines.hasRemaining()).isFalse();
    }

    @Test
    void writingGoesOnWhereItStoppedInTheSameFile() throws IOException {
        AuditFile file =
                new AuditFile(AuditSettings.of(directory), InstantSource.fixed(Instant.EPOCH));
        ByteBuffer lines = ByteBuffer.wrap("first\nsecond\n".getBytes(StandardCharsets.US_ASCII));
        lines.limit(9);
        file.write(lines);
        file.closeDurably();
        lines.limit(13);

        file.write(lines);
        file.closeDurably();

        assertThat(Files.readString(directory.resolve("audit.jsonl"))).isEqualTo("first\nsecond\n");
    }
}
