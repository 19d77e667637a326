package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

final class DurableFilesTest {
    @TempDir Path directory;

    @Test
    void createNeverWritesIntoAnExistingFileOrLink() throws IOException {
        Path target = directory.resolve("target");
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);
        assertThatThrownBy(() -> DurableFiles.create(link, "text", "rw-------"))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(target).doesNotExist();
        DurableFiles.create(target, "text", "rw-r--r--");
        assertThat(target).hasContent("text");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void replaceTakesTheNameAndNotWhatALinkPointsTo() throws IOException {
        Path outside = Files.writeString(directory.resolve("outside"), "kept");
        Path file = Files.createSymbolicLink(directory.resolve("file"), outside);
        DurableFiles.replace(file, "new", "rw-r--r--", "1");
        DurableFiles.forceDirectory(directory);
        assertThat(file).hasContent("new").isRegularFile();
        assertThat(Files.isSymbolicLink(file)).isFalse();
        assertThat(outside).hasContent("kept");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactlyInAnyOrder(file, outside);
        }
    }

    @Test
    void replaceThatFailsLeavesTheOldFileAndNoOther() throws IOException {
        Path file = Files.createDirectory(directory.resolve("file"));
        Files.createFile(file.resolve("inside"));
        assertThatThrownBy(() -> DurableFiles.replace(file, "new", "rw-r--r--", "1"))
                .isInstanceOf(IOException.class);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void directoryOfFilesIsDeleted() throws IOException {
        Path child = Files.createDirectory(directory.resolve("child"));
        Files.createFile(child.resolve("file"));
        DurableFiles.deleteDirectory(child);
        assertThat(child).doesNotExist();
    }
}
