package dev.unifiedproxy.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

class UnixSocketHttpTest {
    private static final byte[] NO_BODY = {};

    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 200 OK|Content-Length: 2||{}', 200, {}",
        "'HTTP/1.1 200 OK|content-length:2||{}more', 200, {}",
        "'HTTP/1.0 404||{}', 404, {}",
        "'HTTP/1.1 503 Service Unavailable|Transfer-Encoding: chunked||1|{|1;x=y|}|0||', 503, {}",
        "'HTTP/1.1 204 No Content|Content-Length: 0||', 204, ''",
    })
    void readsEveryFramingOfABody(String text, int status, String body) throws IOException {
        assertThat(UnixSocketHttp.parse(bytes(text)))
                .isEqualTo(new UnixSocketHttp.Answer(status, body));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK|Content-Length: 2|",
                "HTTP/1.1 200 OK|Content-Length: 3||{}",
                "HTTP/1.1 200 OK|Content-Length: -1||{}",
                "HTTP/1.1 200 OK|Content-Length: x||{}",
                "HTTP/1.1 200 OK|Content-Length: 99999999999||{}",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|{",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||zz|{}|0||",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|{}|",
                "HTTP/2 200||",
                "SSH-2.0-x||"
            })
    void refusesWhatIsCutOffOrSomethingElse(String text) {
        assertThatThrownBy(() -> UnixSocketHttp.parse(bytes(text))).isInstanceOf(IOException.class);
    }

    @Test
    void aMissingSocketMeansNotRunning() {
        Path socket = directory.resolve("none.sock");
        assertThatThrownBy(() -> http(socket, 10_000).exchange("GET", "/", NO_BODY))
                .isInstanceOf(NotRunningException.class)
                .hasMessage("no unified-proxy answers on " + socket);
    }

    @Test
    void aSocketWhereNobodyListensMeansNotRunning() throws IOException {
        Path socket = directory.resolve("stale.sock");
        try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stale.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThatThrownBy(() -> http(socket, 10_000).exchange("GET", "/", NO_BODY))
                .isInstanceOf(NotRunningException.class);
    }

    @Test
    void aServerThatDoesNotAnswerIsGivenUp() throws IOException {
        Path socket = directory.resolve("mute.sock");
        try (ServerSocketChannel mute = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            mute.bind(UnixDomainSocketAddress.of(socket));
            assertThatThrownBy(() -> http(socket, 100).exchange("GET", "/", NO_BODY))
                    .isInstanceOf(ControlAnswerException.class)
                    .hasMessageStartingWith("no answer on " + socket);
        }
    }

    @Test
    void anEndlessAnswerIsGivenUp() throws IOException {
        Path socket = directory.resolve("big.sock");
        String endless = "x".repeat(UnixSocketHttp.ANSWER_LIMIT_BYTES + 100_000);
        try (StubControlServer server = StubControlServer.start(socket, request -> endless)) {
            assertThatThrownBy(() -> http(socket, 30_000).exchange("GET", "/", NO_BODY))
                    .isInstanceOf(ControlAnswerException.class)
                    .hasMessageContaining("is too large (expected: at most 33554432 bytes)");
            assertThat(server.requests()).hasSize(1);
        }
    }

    private static UnixSocketHttp http(Path socket, int milliseconds) {
        return new UnixSocketHttp(socket, Duration.ofMillis(milliseconds), System::nanoTime);
    }

    private static byte[] bytes(String text) {
        return text.replace("|", "\r\n").getBytes(StandardCharsets.UTF_8);
    }
}
