package dev.unifiedproxy.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.scenario.Connection;
import dev.unifiedproxy.scenario.ProxyUnderTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/** threats.md 47: where does a chunked body end? */
@Timeout(60)
class ChunkAttacksScenarioTest {
    private static final String HOST = "Host: api.anthropic.com\r\n";

    @RegisterExtension
    static final ProxyUnderTest PROXY = ProxyUnderTest.allowing("api.anthropic.com");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5;ext=1\r\nhello\r\n0\r\n\r\n",
                "5;ext=\"\r\n\r\n\"\r\nhello\r\n0\r\n\r\n",
                "5\nhello\r\n0\r\n\r\n",
                "5 \r\nhello\r\n0\r\n\r\n",
                " 5\r\nhello\r\n0\r\n\r\n",
                "0x5\r\nhello\r\n0\r\n\r\n",
                "+5\r\nhello\r\n0\r\n\r\n",
                "5\r\nhelloX\r\n0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "5\r\nhello\r\n0\r\n\n",
                "5\r\nhello\r\n\r\n0\r\n\r\n",
                "fffffffffffffffff\r\nhello",
                "5\r\nhello\r\n0\r\nContent-Length: 3\r\n\r\n",
                "5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
                "5\r\nhello\r\n0\r\nHost: evil.example\r\n\r\n",
                "5\r\nhello\r\n0\r\nAuthorization: Bearer x\r\n\r\n",
                "5\r\nhello\r\n0\r\nX-Api-Key: mine\r\n\r\n",
                "5\r\nhello\r\n0\r\nX : y\r\n\r\n",
                "5\r\nhello\r\n0\r\n X: y\r\n\r\n"
            })
    void threat047_ambiguousChunks(String body) throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            tunnel.write(
                    "POST /x HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n" + body);
            assertThat(tunnel.read().outcome()).isEqualTo("400 http.malformed");
            assertThat(tunnel.closed()).isTrue();
        }
        assertThat(PROXY.upstream().seen()).as("complete requests").isEmpty();
    }

    @Test
    void threat047_nearMissWellFormedChunksWithTrailer() throws IOException {
        try (Connection tunnel = PROXY.client().tunnel("api.anthropic.com:443")) {
            tunnel.write(
                    "POST /x HTTP/1.1\r\n"
                            + HOST
                            + "Transfer-Encoding: CHUNKED\r\n\r\n"
                            + "5\r\nhello\r\n00A\r\n0123456789\r\n0\r\nX-Checksum: 1\r\n\r\n");
            assertThat(PROXY.assertForwarded(tunnel.read()).bodyBytes()).isEqualTo(15);
        }
    }
}
