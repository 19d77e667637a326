package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;

/** Trailers, and with them the lines that {@link HeadReader} reads without a first line. */
final class TrailerParserTest {
    private static Headers parse(String section) {
        byte[] bytes = section.getBytes(StandardCharsets.ISO_8859_1);
        return TrailerParser.parse(bytes, bytes.length, ErrorCode.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 3",
                "transfer-encoding: chunked",
                "HOST: b.example",
                "Authorization: x",
                "x-api-key: x",
                "Proxy-Authorization: x",
                "Set-Cookie: x",
                "Connection: close",
                "Upgrade: h2c",
                "X-Container-Id: other",
                "Trailer: x",
                "X : y",
                "X",
                " X: y",
                "X: a\u0000b",
                "X: a\nY: b"
            })
    void refuses(String line) {
        RefusedException refused =
                catchThrowableOfType(
                        RefusedException.class, () -> parse("Digest: x\r\n" + line + "\r\n\r\n"));
        assertThat(refused).as(line).isNotNull();
        assertThat(refused.refusal().code()).isEqualTo(ErrorCode.MALFORMED);
    }

    @Test
    void takesWhatIsSaidAboutTheBody() {
        assertThat(parse("Digest: x\r\ngrpc-status: 0\r\nX-Api-Key-2: y\r\n\r\n"))
                .isEqualTo(Headers.of("Digest", "x", "grpc-status", "0", "X-Api-Key-2", "y"));
        assertThat(parse("\r\n")).isEqualTo(Headers.empty());
    }
}
