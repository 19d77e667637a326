package dev.unifiedproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

/** {@link PolicyFiles}: what counts as a change. */
final class PolicyFilesTest {
    @TempDir Path directory;

    @Test
    void nothingChangedLooksTheSame() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "x");
        List<Path> files = List.of(file, directory.resolve("absent"));

        assertThat(PolicyFiles.look(files)).isEqualTo(PolicyFiles.look(files));
        assertThat(PolicyFiles.look(files).marks().getLast()).isEqualTo("NoSuchFileException");
    }

    @Test
    void aReplacementWithTheSameSizeAndTimeIsAChange() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "x");
        FileTime time = Files.getLastModifiedTime(file);
        PolicyFiles before = PolicyFiles.look(List.of(file));

        Path other = Files.writeString(directory.resolve("b"), "y");
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertThat(PolicyFiles.look(List.of(file))).isNotEqualTo(before);
    }

    @Test
    void comingAndGoingIsAChange() throws IOException {
        List<Path> files = List.of(directory.resolve("a"));
        PolicyFiles absent = PolicyFiles.look(files);
        Files.writeString(files.getFirst(), "");
        assertThat(PolicyFiles.look(files)).isNotEqualTo(absent);
        Files.delete(files.getFirst());
        assertThat(PolicyFiles.look(files)).isEqualTo(absent);
    }
}
