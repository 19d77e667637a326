package dev.unifiedproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class RunFilesTest {
    @TempDir Path directory;

    @Test
    void whatAnEarlierProcessLeftIsRemoved() throws IOException {
        Files.writeString(directory.resolve("ready"), "ready\n");
        Files.writeString(directory.resolve("ports.json"), "{}");
        Files.writeString(directory.resolve("mitmproxy.pid"), "1\n");
        RunFiles files = RunFiles.claim(directory);
        assertThat(directory.toFile().list()).containsExactly("lock");
        files.release();
    }

    @Test
    void saysWhereTheProxyIsAndTakesItBack() throws IOException {
        RunFiles files = RunFiles.claim(directory.resolve("run"));
        files.announce(8080, 9090, Path.of("/a \"b\""));
        assertThat(files.marker()).hasContent("ready");
        assertThat(files.marker().resolveSibling("ports.json"))
                .hasContent("{\"proxy\": 8080, \"metrics\": 9090, \"certs\": \"/a \\\"b\\\"\"}");
        assertThat(files.marker().resolveSibling("mitmproxy.pid"))
                .hasContent(String.valueOf(ProcessHandle.current().pid()));
        files.release();
        assertThat(directory.resolve("run").toFile().list()).containsExactly("lock");
    }

    @Test
    void aDirectoryInUseStaysAsItIs() throws IOException {
        RunFiles files = RunFiles.claim(directory);
        files.announce(1, 2, directory);
        assertThatThrownBy(() -> RunFiles.claim(directory))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(directory + ": another unified-proxy is running here");
        assertThat(files.marker()).exists();
        files.release();
        RunFiles.claim(directory).release();
    }
}
