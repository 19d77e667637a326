package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Method;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/** What is sent a second time after a pooled connection was lost, and above all what is not. */
final class RetryTest {
    private static final String DONE = "HTTP/1.1 204 No Content\r\n\r\n";
    private static final RawServer.Script SERVE =
            connection -> {
                while (true) {
                    connection.readHead();
                    connection.write(DONE);
                }
            };

    private final ClientRig rig = new ClientRig(ClientRig.systemTls());

    @AfterEach
    void close() {
        rig.close();
    }

    /** Serves one request, then says this to the next one and closes. */
    private static RawServer stale(String lastWords) {
        return RawServer.plain(
                connection -> {
                    connection.readHead();
                    connection.write(DONE);
                    connection.readHead();
                    connection.write(lastWords);
                    connection.close();
                },
                SERVE);
    }

    private static String url(RawServer server) {
        return "http://a.example:" + server.port() + "/x";
    }

    private Call send(RawServer server, Method method, BodyFraming framing) {
        Call call = rig.open(ClientRig.request(method, url(server), framing));
        call.endBody();
        return call.awaitEnd();
    }

    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"GET", "HEAD", "OPTIONS"})
    void whatOnlyReadsIsRepeated(Method method) throws IOException {
        try (RawServer server = stale("")) {
            rig.get(url(server));
            assertThat(send(server, method, BodyFraming.NONE).receivedHead().status())
                    .isEqualTo(204);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"POST", "PUT", "DELETE", "PATCH"})
    void whatMayChangeSomethingIsNot(Method method) throws IOException {
        try (RawServer server = stale("")) {
            rig.get(url(server));
            assertThat(send(server, method, BodyFraming.NONE).failure().code())
                    .isEqualTo(ErrorCode.UPSTREAM_CLOSED);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void aRequestWithABodyIsNot() throws IOException {
        try (RawServer server = stale("")) {
            rig.get(url(server));
            assertThat(send(server, Method.GET, BodyFraming.CHUNKED).failure().code())
                    .isEqualTo(ErrorCode.UPSTREAM_CLOSED);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"H", "HTTP/1.1 200 OK\r\nA: b", "HTTP/1.1 100 Continue\r\n\r\n"})
    void aRequestThatWasBegunToBeAnsweredIsNot(String begun) throws IOException {
        try (RawServer server = stale(begun)) {
            rig.get(url(server));
            assertThat(send(server, Method.GET, BodyFraming.NONE).failure().code())
                    .isEqualTo(ErrorCode.UPSTREAM_CLOSED);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void aRequestOnANewConnectionIsNot() throws IOException {
        RawServer.Script closes =
                connection -> {
                    connection.readHead();
                    connection.close();
                };
        try (RawServer server = RawServer.plain(closes)) {
            assertThat(rig.get(url(server)).failure().code()).isEqualTo(ErrorCode.UPSTREAM_CLOSED);
            assertThat(server.connections()).isEqualTo(1);
        }
    }
}
