package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class DirectoriesTest {
    @TempDir Path directory;

    @Test
    void writableIsWhatCanBeMade() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(Directories.writable(directory)).isTrue();
        assertThat(Directories.writable(directory.resolve("a/b/c"))).isTrue();
        assertThat(Directories.writable(file)).isFalse();
        assertThat(Directories.writable(file.resolve("below"))).isFalse();
    }

    @Test
    void deletesEverythingBelowAndFollowsNoLink() throws IOException {
        Path outside = Files.createFile(directory.resolve("outside"));
        Path tree = Files.createDirectories(directory.resolve("tree/a/b"));
        Files.createSymbolicLink(tree.resolve("link"), directory);
        Directories.delete(directory.resolve("tree"));
        assertThat(directory.resolve("tree")).doesNotExist();
        assertThat(outside).exists();
    }
}
